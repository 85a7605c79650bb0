create or replace function pgscript_engine.get_document(capability text, tenant_id uuid, collection text, id text)
  returns jsonb
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
  select document.body
  from pgscript_engine.documents as document
  where pgscript_engine.require_node(get_document.capability) is not null
    and document.tenant_id = get_document.tenant_id
    and document.collection = get_document.collection and document.id = get_document.id;
$$;

comment on function pgscript_engine.get_document(text, uuid, text, text) is
  'A document of a tenant''s collection by its id; null where there is none.';

alter function pgscript_engine.get_document(text, uuid, text, text) owner to pgscript_engine;
revoke all on function pgscript_engine.get_document(text, uuid, text, text) from public;
grant execute on function pgscript_engine.get_document(text, uuid, text, text) to pgscript_node;
