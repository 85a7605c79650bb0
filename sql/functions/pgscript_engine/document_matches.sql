create or replace function pgscript_engine.document_matches(body jsonb, conditions jsonb)
  returns boolean
  language sql immutable
  set search_path = pg_catalog, pg_temp
as $$
  select coalesce(bool_and(coalesce(
    case judged.op
      when 'exists' then (judged.value is not null) = (judged.operand)::boolean
      when 'eq' then judged.same
      when 'ne' then not coalesce(judged.same, false)
      when 'in' then exists (
        select from jsonb_array_elements(judged.operand) as element
        where jsonb_build_object('is', judged.value) @> jsonb_build_object('is', element) and judged.value is not null
      )
      when 'gt' then judged.compared > 0
      when 'gte' then judged.compared >= 0
      when 'lt' then judged.compared < 0
      when 'lte' then judged.compared <= 0
    end,
    false
  )), true)
  from (
    select
      given.op, given.operand, found.value,
      -- Inside an object: at the top, an array would also contain a value that is none.
      found.value is not null
        and jsonb_build_object('is', found.value) @> jsonb_build_object('is', given.operand) as same,
      case
        when jsonb_typeof(found.value) is distinct from jsonb_typeof(given.operand) then null
        when jsonb_typeof(given.operand) = 'number' then
          sign((found.value)::numeric - (given.operand)::numeric)::integer
        when jsonb_typeof(given.operand) = 'string' then
          (((found.value #>> '{}') collate "C" > (given.operand #>> '{}') collate "C")::integer
            - ((found.value #>> '{}') collate "C" < (given.operand #>> '{}') collate "C")::integer)
      end as compared
    from (
      select
        condition ->> 'op' as op, condition -> 'value' as operand,
        array(select jsonb_array_elements_text(condition -> 'path')) as path
      from jsonb_array_elements(document_matches.conditions) as condition
    ) as given
    cross join lateral (select pgscript_engine.value_at(document_matches.body, given.path) as value) as found
  ) as judged;
$$;

comment on function pgscript_engine.document_matches(jsonb, jsonb) is
  'Whether a document fits every condition, each { path, op, value } as src/bindings/collections-where.ts writes them.';

alter function pgscript_engine.document_matches(jsonb, jsonb) owner to pgscript_engine;
revoke all on function pgscript_engine.document_matches(jsonb, jsonb) from public;
