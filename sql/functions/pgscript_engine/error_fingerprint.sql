create or replace function pgscript_engine.error_fingerprint(script_id uuid, error jsonb)
  returns text
  language sql immutable
  set search_path = pg_catalog, pg_temp
as $$
  select left(md5(concat_ws(
    '|', error_fingerprint.script_id, error_fingerprint.error ->> 'code', error_fingerprint.error ->> 'type',
    -- Cut when everything is masked: a cut before that could leave the first part of a quoted name.
    left(
      regexp_replace(
        regexp_replace(
          error_fingerprint.error ->> 'message',
          -- An apostrophe inside a word is no quote. A long message comes cut, with … at its end.
          '(?<![[:alnum:]])''[^'']*(''(?![[:alnum:]])|…$)|"[^"]*("|…$)|`[^`]*(`|…$)|[^[:space:]]+@[^[:space:]]+', '?', 'g'
        ),
        -- A number, with its sign, its decimals, thousands and exponent, and what it is a part of: an
        -- identifier is the same word with another number. Languages part thousands by one of . , ' ’ and
        -- the two spaces that do not break.
        '[+\u2212]?[[:alnum:]_-]*[0-9][[:alnum:]_-]*(([.,''\u2019\u00a0\u202f]|(?<=[0-9][eE])\+)[0-9][[:alnum:]_-]*)*', '?', 'g'
      ),
      500
    )
  )), 16);
$$;

comment on function pgscript_engine.error_fingerprint(uuid, jsonb) is
  'The same for errors of one script that differ only in numbers, words with numbers in them, e-mail addresses and what is in quotes; no secret, 16 characters.';

alter function pgscript_engine.error_fingerprint(uuid, jsonb) owner to pgscript_engine;
revoke all on function pgscript_engine.error_fingerprint(uuid, jsonb) from public;
