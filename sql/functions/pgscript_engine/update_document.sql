create or replace function pgscript_engine.update_document(
  capability text, tenant_id uuid, collection text, id text, patch jsonb, replace boolean, most_bytes bigint
)
  returns jsonb
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  changed jsonb;
  size bigint;
begin
  perform pgscript_engine.require_node(update_document.capability);
  update pgscript_engine.documents as document
  set
    body = case when update_document.replace then '{}' else document.body end || update_document.patch
      || jsonb_build_object('id', document.id),
    bytes = octet_length(document.collection) + octet_length((
      case when update_document.replace then '{}' else document.body end || update_document.patch
        || jsonb_build_object('id', document.id)
    )::text),
    updated_at = clock_timestamp()
  where document.tenant_id = update_document.tenant_id
    and document.collection = update_document.collection and document.id = update_document.id
  returning document.body, document.bytes into changed, size;
  if size > update_document.most_bytes then
    raise exception using
      errcode = 'PS422', constraint = 'value_too_large', column = 'patch',
      message = format('collections.update: the document would be %s bytes; the limit is %s.', size, update_document.most_bytes);
  end if;
  if changed is not null then
    perform pgscript_engine.check_stored_bytes(update_document.tenant_id);
  end if;
  return changed;
end
$$;

comment on function pgscript_engine.update_document(text, uuid, text, text, jsonb, boolean, bigint) is
  'Changes the fields of a document that are given, or with replace all of it; its id stays. Null where there is none.';

alter function pgscript_engine.update_document(text, uuid, text, text, jsonb, boolean, bigint) owner to pgscript_engine;
revoke all on function pgscript_engine.update_document(text, uuid, text, text, jsonb, boolean, bigint) from public;
grant execute on function pgscript_engine.update_document(text, uuid, text, text, jsonb, boolean, bigint) to pgscript_node;
