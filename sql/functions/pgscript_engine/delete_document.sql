create or replace function pgscript_engine.delete_document(capability text, tenant_id uuid, collection text, id text)
  returns boolean
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform pgscript_engine.require_node(delete_document.capability);
  delete from pgscript_engine.documents as document
  where document.tenant_id = delete_document.tenant_id
    and document.collection = delete_document.collection and document.id = delete_document.id;
  return found;
end
$$;

comment on function pgscript_engine.delete_document(text, uuid, text, text) is
  'Deletes a document of a tenant''s collection; whether it was there.';

alter function pgscript_engine.delete_document(text, uuid, text, text) owner to pgscript_engine;
revoke all on function pgscript_engine.delete_document(text, uuid, text, text) from public;
grant execute on function pgscript_engine.delete_document(text, uuid, text, text) to pgscript_node;
