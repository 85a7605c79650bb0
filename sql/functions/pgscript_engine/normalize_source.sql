create or replace function pgscript_engine.normalize_source(source text)
  returns text
  language sql immutable
  set search_path = pg_catalog, pg_temp
as $$
  select replace(replace(ltrim(normalize_source.source, U&'\FEFF'), E'\r\n', E'\n'), E'\r', E'\n');
$$;

comment on function pgscript_engine.normalize_source(text) is
  'Source with line feeds for line ends and without a byte-order mark; null stays null.';

alter function pgscript_engine.normalize_source(text) owner to pgscript_engine;
revoke all on function pgscript_engine.normalize_source(text) from public;
