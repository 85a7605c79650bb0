create or replace function pgscript_engine.find_documents(
  capability text, tenant_id uuid, collection text, contains jsonb, conditions jsonb, order_path text[],
  descending boolean, after jsonb, batch_size integer, most_bytes bigint
)
  returns table (body jsonb, place text, is_last boolean)
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  direction text := case when find_documents.descending then 'desc' else 'asc' end;
  beyond text := case when find_documents.descending then '<' else '>' end;
  -- Two statements that differ in direction only; everything that a caller gives is a parameter. Not
  -- prepared: whether the index on contents or the one on age is better depends on what is looked for.
  by_age constant text := $query$
    select document.body, document.bytes, document.created_at, 0 as rank, 0::numeric as number, '' as string, document.id
    from pgscript_engine.documents as document
    where document.tenant_id = $1 and document.collection = $2
      and ($3 = '{}' or jsonb_set('{}', array[document.tenant_id::text || '/' || document.collection], document.body)
        @> jsonb_set('{}', array[$1::text || '/' || $2], $3))
      and ($4 = '[]' or pgscript_engine.document_matches(document.body, $4))
      and ($5 is null or (document.created_at, document.id) %2$s (($5 ->> 'at')::timestamptz, $5 ->> 'id'))
    order by document.created_at %1$s, document.id %1$s
    limit $6
  $query$;
  by_path constant text := $query$
    select document.body, document.bytes, document.created_at, key.rank, key.number, key.string, document.id
    from pgscript_engine.documents as document
    cross join lateral pgscript_engine.sort_key(pgscript_engine.value_at(document.body, $7)) as key
    where document.tenant_id = $1 and document.collection = $2
      and ($3 = '{}' or jsonb_set('{}', array[document.tenant_id::text || '/' || document.collection], document.body)
        @> jsonb_set('{}', array[$1::text || '/' || $2], $3))
      and ($4 = '[]' or pgscript_engine.document_matches(document.body, $4))
      and ($5 is null or (key.rank, key.number, key.string collate "C", document.id) %2$s (
        ($5 ->> 'rank')::integer, ($5 ->> 'number')::numeric, ($5 ->> 'string') collate "C", $5 ->> 'id'
      ))
    order by key.rank %1$s, key.number %1$s, key.string collate "C" %1$s, document.id %1$s
    limit $6
  $query$;
begin
  perform pgscript_engine.require_node(find_documents.capability);
  return query execute format(
    $query$
      select
        one.body,
        jsonb_build_object('at', one.created_at, 'rank', one.rank, 'number', one.number::text, 'string', one.string, 'id', one.id)::text,
        one.line = one.found
      from (
        select
          matching.*, row_number() over () as line, count(*) over () as found,
          sum(matching.bytes) over (rows unbounded preceding) as size
        from (%s) as matching
      ) as one
      where one.line < $6 and (one.size <= $8 or one.line = 1)
      order by one.line
    $query$,
    format(case when find_documents.order_path is null then by_age else by_path end, direction, beyond)
  )
  using
    find_documents.tenant_id, find_documents.collection, find_documents.contains, find_documents.conditions,
    find_documents.after, find_documents.batch_size + 1, find_documents.order_path, find_documents.most_bytes;
end
$$;

comment on function pgscript_engine.find_documents(text, uuid, text, jsonb, jsonb, text[], boolean, jsonb, integer, bigint) is
  'Documents of a tenant''s collection that contain this and fit the conditions, in the order of a path or of their age, from after a place on; at most so many, and so many bytes of them. is_last: nothing follows this one.';

alter function pgscript_engine.find_documents(text, uuid, text, jsonb, jsonb, text[], boolean, jsonb, integer, bigint) owner to pgscript_engine;
revoke all on function pgscript_engine.find_documents(text, uuid, text, jsonb, jsonb, text[], boolean, jsonb, integer, bigint) from public;
grant execute on function pgscript_engine.find_documents(text, uuid, text, jsonb, jsonb, text[], boolean, jsonb, integer, bigint) to pgscript_node;
