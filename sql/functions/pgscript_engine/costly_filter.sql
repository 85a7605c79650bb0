create or replace function pgscript_engine.costly_filter(filter text)
  returns text
  language plpgsql immutable
  set search_path = pg_catalog, pg_temp
as $$
declare
  -- Without what is in quotes, keys and texts, and without comparisons that bounded_filter keeps within bounds.
  bare text := regexp_replace(
    pgscript_engine.bounded_filter(costly_filter.filter, for_judging => true), '"([^"\\]|\\.)*"', '"', 'g'
  );
  is_lax constant boolean := costly_filter.filter not like 'strict %';
  pattern text;
  token text;
  depth integer := 0;
  -- For each open parenthesis: whether it is of a filter, ? (…).
  is_filter boolean[] := '{}';
  -- Of the comparison at hand, at each depth: many items on the left, an operator seen, many on the right.
  left_many boolean[] := array[false];
  compared boolean[] := array[false];
  right_many boolean[] := array[false];
  -- Of its side at hand: it is arithmetic, which takes and makes one item.
  is_computed boolean[] := array[false];
  -- How many times over its elements a list of subscripts may name one.
  repetitions integer := 1;
begin
  if strpos(bare, '**') > 0 then
    return 'looks at every level (.**), which may cost the square of the payload; name the path';
  end if;
  if regexp_count(bare, '\.keyvalue') > 2 then
    return 'has more than two .keyvalue(), each of which makes three members of one; name the path';
  end if;
  if regexp_count(bare, ' [*/%] ') > 5 then
    return 'multiplies or divides more than five times, which is slow where numbers have thousands of digits';
  end if;
  for pattern in
    select hit.words[1] from regexp_matches(costly_filter.filter, 'like_regex\s+"((?:[^"\\]|\\.)*)"', 'g') as hit (words)
  loop
    if length(pattern) > 100 or pattern ~ '[{]|\\\\[0-9]|\(\\?\?' then
      return 'has a like_regex with repetition counts, back references or look-around, or of more than 100 characters; use starts with, or a simpler expression';
    end if;
  end loop;

  for token in
    select hit.words[1]
    from regexp_matches(bare, '(\?\s*\(|\(|\)|&&|\|\||==|!=|<>|<=|>=|<|>|starts with| [-+*/%] |\[[^\]]*\]|\.\*|\.keyvalue|\$|@)', 'g') as hit (words)
  loop
    -- A comparison ends here; what of it is arithmetic is known only then.
    if token in (')', '&&', '||') and left_many[depth + 1] and compared[depth + 1] and right_many[depth + 1] then
      return 'compares many items with many; name one of the two sides, as in $.a[*] == $.b[0]' || case when is_lax then ', or begin it with strict' else '' end;
    end if;
    if token like '?%(' or token = '(' then
      depth := depth + 1;
      is_filter[depth] := token like '?%' or (depth > 1 and is_filter[depth - 1]);
      left_many[depth + 1] := false;
      compared[depth + 1] := false;
      right_many[depth + 1] := false;
      is_computed[depth + 1] := false;
    elsif token = ')' then
      -- A bracket of arithmetic or of a path hands what it holds to its surroundings; exists() and a filter do not,
      -- but to take them for the same is only stricter.
      if not is_filter[depth] and (left_many[depth + 1] or right_many[depth + 1]) then
        if compared[depth] then
          right_many[depth] := true;
        else
          left_many[depth] := true;
        end if;
      end if;
      depth := depth - 1;
    elsif token in ('&&', '||') then
      left_many[depth + 1] := false;
      compared[depth + 1] := false;
      right_many[depth + 1] := false;
      is_computed[depth + 1] := false;
    elsif token in ('==', '!=', '<>', '<=', '>=', '<', '>', 'starts with') then
      compared[depth + 1] := true;
      is_computed[depth + 1] := false;
    elsif token ~ '^ [-+*/%] $' then
      is_computed[depth + 1] := true;
      if compared[depth + 1] then
        right_many[depth + 1] := false;
      else
        left_many[depth + 1] := false;
      end if;
    elsif token = '$' and depth > 0 and is_filter[depth] then
      return 'looks at the whole payload ($) again for each item inside ? (…); use @, or compare outside';
    elsif token like '[%' and token ~ '[$@]' then
      return 'computes a subscript from the payload, again for each item; write a number, or last';
    end if;
    if token like '[%' then
      repetitions := least(repetitions * (1 + regexp_count(token, ',')), 1000);
      if repetitions > 8 then
        return 'names elements by lists of subscripts that come to more than 8 together; write [*], or a range';
      end if;
    end if;
    -- Lax, any place may be an array that is taken apart.
    if not is_computed[depth + 1] and (
      token = '.*' or token = '.keyvalue' or (token like '[%' and (token ~ '\*|,| to ')) or (is_lax and token in ('$', '@'))
    ) then
      if compared[depth + 1] then
        right_many[depth + 1] := true;
      else
        left_many[depth + 1] := true;
      end if;
    end if;
  end loop;
  return null;
end
$$;

comment on function pgscript_engine.costly_filter(text) is
  'Why a jsonpath, in the form in which PostgreSQL prints it, may cost more than its payload''s size; null where it does not.';

alter function pgscript_engine.costly_filter(text) owner to pgscript_engine;
revoke all on function pgscript_engine.costly_filter(text) from public;
