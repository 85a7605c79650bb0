create or replace function pgscript_engine.insert_documents(
  capability text, tenant_id uuid, collection text, bodies jsonb
)
  returns setof jsonb
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
  perform pgscript_engine.admit_call(insert_documents.capability, insert_documents.tenant_id);
  return query
  with given as materialized (
    select
      coalesce(element ->> 'id', pgscript.uuid_v7()::text) as id, element, place
    from jsonb_array_elements(insert_documents.bodies) with ordinality as listed (element, place)
  ),
  inserted as (
    insert into pgscript_engine.documents (tenant_id, collection, id, body, bytes)
    select
      insert_documents.tenant_id, insert_documents.collection, given.id, whole.body,
      octet_length(insert_documents.collection) + octet_length(whole.body::text)
    from given
    cross join lateral (select given.element || jsonb_build_object('id', given.id) as body) as whole
    order by given.place
    returning id, body
  )
  select inserted.body from inserted join given on given.id = inserted.id order by given.place;
  perform pgscript_engine.check_stored_bytes(insert_documents.tenant_id);
exception when unique_violation then
  raise exception using
    errcode = 'PS409', constraint = 'document_exists', column = 'id',
    message = 'collections.insert: the collection has a document of one of these ids already.',
    hint = 'Leave the id out to get a new one, or update the document.';
end
$$;

comment on function pgscript_engine.insert_documents(text, uuid, text, jsonb) is
  'Inserts documents, all or none, each with its own id or a new one; returns them in their order.';

alter function pgscript_engine.insert_documents(text, uuid, text, jsonb) owner to pgscript_engine;
revoke all on function pgscript_engine.insert_documents(text, uuid, text, jsonb) from public;
grant execute on function pgscript_engine.insert_documents(text, uuid, text, jsonb) to pgscript_node;
