create or replace function pgscript_engine.event_fault(
  tenant_status text, type text, payload jsonb, idempotency_key text, source text, depth smallint, tenant_limits jsonb
)
  returns text[]
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  most_bytes bigint;
  payload_bytes bigint;
  most_depth smallint;
  known record;
  mismatch text;
begin
  if event_fault.tenant_status <> 'active' then
    return array['tenant_suspended', 'The tenant is suspended; its scripts do not run.'];
  end if;
  if not pgscript_engine.is_event_type(event_fault.type) then
    return array[
      'invalid_event_type',
      'type: must be words of lower-case letters, digits and _ with dots between, such as order.created; it begins with a letter, and has at most 200 characters and 20 words.'
    ];
  end if;
  if (event_fault.type = 'pgscript' or event_fault.type like 'pgscript.%') and event_fault.source <> 'engine' then
    return array['invalid_event_type', 'type: pgscript, and what begins with pgscript., is published by pgscript only.'];
  end if;
  if length(event_fault.idempotency_key) not between 1 and 200 then
    return array['invalid_idempotency_key', 'idempotency_key: must be 1 to 200 characters.'];
  end if;
  -- Most events are small and nobody's consequence, and limits cost more to look up than all the rest. Text is
  -- longer than what is stored, six times at most, unless that is compressed or holds very large numbers.
  payload_bytes := pgscript_engine.json_bytes(event_fault.payload);
  if payload_bytes > 60000 or event_fault.tenant_limits ? 'input_bytes' then
    most_bytes := pgscript_engine.effective_limits(event_fault.tenant_limits, '{}') ->> 'input_bytes';
    if payload_bytes > most_bytes then
      return array[
        'payload_too_large', format('payload: is %s bytes as JSON; the limit is %s.', payload_bytes, most_bytes)
      ];
    end if;
  end if;
  -- That a run deep in a chain has ended is told all the same: what is told can publish nothing more.
  if event_fault.depth > 0 and event_fault.source <> 'engine' then
    most_depth := pgscript_engine.effective_limits(event_fault.tenant_limits, '{}') ->> 'causation_depth';
    if event_fault.depth >= most_depth then
      return array[
        'causation_depth',
        format('%s executions in a row have caused each other; that is the limit.', event_fault.depth)
      ];
    end if;
  end if;

  select registered.schema into known
  from pgscript.event_types as registered
  where registered.type = event_fault.type and registered.is_strict;
  if found then
    mismatch := pgscript_engine.schema_mismatch(known.schema, event_fault.payload, 'payload');
    if mismatch is not null then
      return array['schema_mismatch', mismatch];
    end if;
  end if;
  return null;
end
$$;

comment on function pgscript_engine.event_fault(text, text, jsonb, text, text, smallint, jsonb) is
  'Why an event is refused, as code and reason; null where it is accepted. Quotas are asked once a statement, by refuse_over_quota.';

alter function pgscript_engine.event_fault(text, text, jsonb, text, text, smallint, jsonb) owner to pgscript_engine;
revoke all on function pgscript_engine.event_fault(text, text, jsonb, text, text, smallint, jsonb) from public;
