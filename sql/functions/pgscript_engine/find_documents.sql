create or replace function pgscript_engine.find_documents(
  capability text, tenant_id uuid, collection text, conditions jsonb, order_path text, descending boolean, after jsonb,
  batch_size integer, most_bytes bigint
)
  returns table (body jsonb, place text, is_last boolean)
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  -- Read once and not for each document.
  contained jsonb[] := array(select jsonb_array_elements(find_documents.conditions -> 'all'));
  excluded jsonb[] := array(select jsonb_array_elements(find_documents.conditions -> 'none'));
  matching constant text := $query$
    document.tenant_id = $1 and document.collection = $2
    and ($3 -> 'contains' = '{}'
      or jsonb_set('{}', array[document.tenant_id::text || '/' || document.collection], document.body)
        @> jsonb_set('{}', array[$1::text || '/' || $2], $3 -> 'contains'))
    and document.body @> all ($8) and not document.body @> any ($9)
    and ($10 is null or coalesce(jsonb_path_match(document.body, $10, $3 -> 'variables', true), false))
    and ($3 -> 'any' = '[]' or not exists (
      select from jsonb_array_elements($3 -> 'any') as list
      where not exists (select from jsonb_array_elements(list) as one where document.body @> one)
    ))
  $query$;
  by_age constant text := $query$
    select document.body, document.bytes, document.created_at, 0 as rank, 0::numeric as number, '' as string, document.id
    from pgscript_engine.documents as document
    where %3$s and ($4 is null or (document.created_at, document.id) %2$s (($4 ->> 'at')::timestamptz, $4 ->> 'id'))
    order by document.created_at %1$s, document.id %1$s
    limit $5
  $query$;
  -- null, booleans, numbers, strings, arrays, objects, and last what is missing.
  by_path constant text := $query$
    select document.body, document.bytes, document.created_at, key.rank, key.number, key.string, document.id
    from pgscript_engine.documents as document
    cross join lateral (select jsonb_path_query_first(document.body, $6, '{}', true) as value offset 0) as found
    cross join lateral (
      select
        coalesce(array_position(
          array['null', 'boolean', 'number', 'string', 'array', 'object'], jsonb_typeof(found.value)
        ), 7) as rank,
        case jsonb_typeof(found.value)
          when 'number' then (found.value)::numeric when 'boolean' then (found.value)::boolean::integer else 0
        end as number,
        case when jsonb_typeof(found.value) = 'string' then found.value #>> '{}'
          when jsonb_typeof(found.value) in ('array', 'object') then found.value::text else '' end as string
      offset 0
    ) as key
    where %3$s and ($4 is null or (key.rank, key.number, key.string collate "C", document.id) %2$s (
      ($4 ->> 'rank')::integer, ($4 ->> 'number')::numeric, ($4 ->> 'string') collate "C", $4 ->> 'id'
    ))
    order by key.rank %1$s, key.number %1$s, key.string collate "C" %1$s, document.id %1$s
    limit $5
  $query$;
begin
  perform pgscript_engine.require_node(find_documents.capability);
  -- Put together of constants; everything that a caller gives is a parameter. Planned anew each time, for
  -- which index is better depends on what is looked for.
  return query execute format(
    $query$
      select
        one.body,
        jsonb_build_object(
          'at', one.created_at, 'rank', one.rank, 'number', one.number::text, 'string', one.string, 'id', one.id
        )::text,
        one.line = one.found
      from (
        select
          listed.*, row_number() over () as line, count(*) over () as found,
          sum(listed.bytes) over (rows unbounded preceding) as size
        from (%s) as listed
      ) as one
      where one.line < $5 and (one.size <= $7 or one.line = 1)
      order by one.line
    $query$,
    format(
      case when find_documents.order_path is null then by_age else by_path end,
      case when find_documents.descending then 'desc' else 'asc' end,
      case when find_documents.descending then '<' else '>' end,
      matching
    )
  )
  using
    find_documents.tenant_id, find_documents.collection, find_documents.conditions, find_documents.after,
    find_documents.batch_size + 1, find_documents.order_path::jsonpath, find_documents.most_bytes,
    contained, excluded, (find_documents.conditions ->> 'predicate')::jsonpath;
end
$$;

comment on function pgscript_engine.find_documents(text, uuid, text, jsonb, text, boolean, jsonb, integer, bigint) is
  'Documents of a tenant''s collection that fit the conditions (as src/bindings/collections-where.ts writes them), in the order of a path or of their age, from after a place on; at most so many, and so many bytes of them. is_last: nothing follows this one.';

alter function pgscript_engine.find_documents(text, uuid, text, jsonb, text, boolean, jsonb, integer, bigint) owner to pgscript_engine;
revoke all on function pgscript_engine.find_documents(text, uuid, text, jsonb, text, boolean, jsonb, integer, bigint) from public;
grant execute on function pgscript_engine.find_documents(text, uuid, text, jsonb, text, boolean, jsonb, integer, bigint) to pgscript_node;
