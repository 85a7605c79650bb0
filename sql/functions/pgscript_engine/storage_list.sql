create or replace function pgscript_engine.storage_list(
  capability text, tenant_id uuid, prefix text, after text, batch_size integer
)
  returns table (key text)
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
  select stored.key
  from pgscript_engine.stored_values as stored
  where pgscript_engine.require_node(storage_list.capability) is not null
    and stored.tenant_id = storage_list.tenant_id
    and stored.key > coalesce(storage_list.after, '')
    -- The two bounds are for the index: nothing beyond the prefix is read.
    and stored.key >= storage_list.prefix
    and stored.key <= storage_list.prefix || repeat(chr(1114111), 500)
    and starts_with(stored.key, storage_list.prefix)
  order by stored.key
  limit storage_list.batch_size;
$$;

comment on function pgscript_engine.storage_list(text, uuid, text, text, integer) is
  'Keys of the tenant that begin with a prefix, in the order of their bytes, from after a key on.';

alter function pgscript_engine.storage_list(text, uuid, text, text, integer) owner to pgscript_engine;
revoke all on function pgscript_engine.storage_list(text, uuid, text, text, integer) from public;
grant execute on function pgscript_engine.storage_list(text, uuid, text, text, integer) to pgscript_node;
