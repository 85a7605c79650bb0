create or replace function pgscript_engine.upsert_tenants(keys text[], names text[])
  returns void
  language sql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
  insert into pgscript.tenants as tenant (id, key, name)
  select pgscript.uuid_v7(), given.key, left(coalesce(nullif(btrim(given.name), ''), given.key), 200)
  from (
    select distinct on (wanted.key) wanted.key, wanted.name
    from unnest(upsert_tenants.keys, upsert_tenants.names) with ordinality as wanted (key, name, place)
    order by wanted.key, wanted.place desc
  ) as given
  -- What cannot be a key is left out: the host's own write must not fail of it.
  where length(given.key) between 1 and 200 and given.key !~ '[[:cntrl:]]' and given.key = btrim(given.key)
  on conflict on constraint tenants_key_is_unique do update
  set name = excluded.name, updated_at = now()
  where tenant.name <> excluded.name;
$$;

comment on function pgscript_engine.upsert_tenants(text[], text[]) is
  'Creates the tenants of these keys, or gives them these names; checks no permission.';

alter function pgscript_engine.upsert_tenants(text[], text[]) owner to pgscript_engine;
revoke all on function pgscript_engine.upsert_tenants(text[], text[]) from public;
