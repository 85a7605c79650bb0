create or replace function pgscript_engine.error_fingerprint(script_id uuid, error jsonb)
  returns text
  language sql immutable
  set search_path = pg_catalog, pg_temp
as $$
  select left(md5(concat_ws(
    '|', error_fingerprint.script_id, error_fingerprint.error ->> 'code', error_fingerprint.error ->> 'type',
    regexp_replace(
      regexp_replace(
        left(error_fingerprint.error ->> 'message', 500),
        -- An apostrophe inside a word is no quote.
        '(?<![[:alnum:]])''[^'']*''(?![[:alnum:]])|"[^"]*"|`[^`]*`|[^[:space:]]+@[^[:space:]]+', '?', 'g'
      ),
      -- A number, and what it is a part of: an identifier is the same word with another number.
      '[[:alnum:]_-]*[0-9][[:alnum:]_-]*', '?', 'g'
    )
  )), 16);
$$;

comment on function pgscript_engine.error_fingerprint(uuid, jsonb) is
  'The same for errors of one script that differ only in numbers, words with numbers in them, e-mail addresses and what is in quotes; no secret, 16 characters.';

alter function pgscript_engine.error_fingerprint(uuid, jsonb) owner to pgscript_engine;
revoke all on function pgscript_engine.error_fingerprint(uuid, jsonb) from public;
