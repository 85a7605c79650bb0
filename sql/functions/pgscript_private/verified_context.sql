create or replace function pgscript_private.verified_context()
  returns text[]
  language plpgsql stable parallel restricted security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  context text := current_setting('pgscript.context', true);
begin
  -- 64 hexadecimal digits of MAC, a full stop, the payload.
  if length(context) < 66 then
    return null;
  end if;
  if left(context, 64) is distinct from pgscript_private.context_mac(substr(context, 66)) then
    return null;
  end if;
  return string_to_array(substr(context, 66), '|');
end
$$;

comment on function pgscript_private.verified_context() is
  'The fields that enter() set in this very transaction (1 tenant, 2 user, 3 API key, 4 operator, '
  '5 permissions, 6 remote address; of a script''s own SQL also 7 execution); null when nothing was set or its signature does not fit.';

alter function pgscript_private.verified_context() owner to pgscript_engine;
revoke all on function pgscript_private.verified_context() from public;
