create or replace function pgscript_engine.bounded_filter(filter text, for_judging boolean default false)
  returns text
  language plpgsql immutable
  set search_path = pg_catalog, pg_temp
as $$
declare
  text_pattern constant text := '"(?:[^"\\]|\\.)*"';
  -- A place of the payload, by members and by numbers of elements, and one or many; keys are out of the way then,
  -- as numbers.
  place constant text := '[$@](?:\."\d+"|\[(?:\d+|last)\])*(?:\.(?:size|type)\(\))?';
  places constant text := '[$@](?:\."\d+"|\.\*|\[[^]$@]*\])*(?:\.(?:size|type)\(\))?';
  comparison constant text :=
    '(?<=\(|&& |\|\| )(' || places || ') (?:==|!=|<=|>=|<|>) (' || places || ')(?=\)| &&| \|\|)';
  strings text[] := array(select hit.words[1] from regexp_matches(bounded_filter.filter, '(' || text_pattern || ')', 'g') as hit (words));
  rest text;
  bounded text := '';
  sides text[];
  side text;
  step text;
  reached text;
  single text[];
  either text[];
begin
  -- Only the lax mode looks into an array by itself.
  if bounded_filter.filter is null or bounded_filter.filter like 'strict %' then
    return bounded_filter.filter;
  end if;
  select string_agg(piece || case when number <= cardinality(strings) then '"' || number || '"' else '' end, '' order by number)
  into rest
  from regexp_split_to_table(bounded_filter.filter, text_pattern) with ordinality as split (piece, number);

  while regexp_like(rest, comparison) loop
    bounded := bounded || left(rest, regexp_instr(rest, comparison) - 1);
    either := '{}';
    sides := regexp_match(rest, comparison);
    foreach side in array sides loop
      -- The whole payload beside an item of it is for costly_filter to refuse.
      continue when side !~ ('^' || place || '$') or left(sides[1], 1) <> left(sides[2], 1);
      single := '{}';
      reached := left(side, 1);
      for step in select hit.words[1] from regexp_matches(side, '(\."\d+"|\[[^]]*\])', 'g') as hit (words) loop
        if step like '.%' then
          single := single || ('!exists(' || reached || '[1])');
        end if;
        reached := reached || step;
      end loop;
      if side !~ '\)$' then
        single := single || ('!exists(' || reached || '[1])');
      end if;
      either := either || coalesce(nullif(array_to_string(single, ' && '), ''), '1 == 1');
    end loop;
    bounded := bounded || case
      when either = '{}' then regexp_substr(rest, comparison)
      when bounded_filter.for_judging then left(side, 1) || ' == 1'
      else format('((%s) && %s)', array_to_string(either, ' || '), regexp_substr(rest, comparison))
    end;
    rest := substr(rest, regexp_instr(rest, comparison, 1, 1, 1));
  end loop;
  bounded := bounded || rest;

  select string_agg(piece || coalesce(strings[number::integer], ''), '' order by place_of_piece)
  into bounded
  from (
    select split.piece, split.place_of_piece, (
      (array(select hit.words[1] from regexp_matches(bounded, '"(\d+)"', 'g') as hit (words)))[split.place_of_piece]
    ) as number
    from regexp_split_to_table(bounded, '"\d+"') with ordinality as split (piece, place_of_piece)
  ) as pieces;
  return bounded;
end
$$;

comment on function pgscript_engine.bounded_filter(text, boolean) is
  'A lax jsonpath, in the form in which PostgreSQL prints it, that compares two places of the payload only where at least one of them is a single item: two arrays would be compared each with each, at the square of their size. For judging: such a comparison is one with a constant, as which it costs, for costly_filter to look at the rest.';

alter function pgscript_engine.bounded_filter(text, boolean) owner to pgscript_engine;
revoke all on function pgscript_engine.bounded_filter(text, boolean) from public;
