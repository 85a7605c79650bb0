create or replace function pgscript_engine.place_triggers(relation regclass, purpose text, operations text[])
  returns void
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
  -- That a trigger is not there to be dropped is no news.
  set client_min_messages = warning
as $$
declare
  operation text;
  trigger_name text;
begin
  if place_triggers.relation is null then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_table', column = 'relation',
      message = 'relation: is null; name the table.';
  end if;
  -- Invoker: a trigger on the table takes the table's owner, and no function of ours is that.
  foreach operation in array array['insert', 'update', 'delete'] loop
    trigger_name := format('pgscript_%s_%s', place_triggers.purpose, operation);
    -- Triggers run in the order of their names: a new tenant is there before the event that tells of it, and one that
    -- goes is there until after.
    if place_triggers.purpose = 'tenants' and operation <> 'delete' then
      execute format('drop trigger if exists %I on %s', trigger_name, place_triggers.relation);
      trigger_name := format('pgscript_0_%s_%s', place_triggers.purpose, operation);
    end if;
    if operation = any (place_triggers.operations) then
      execute format(
        'create or replace trigger %I after %s on %s referencing %s for each statement execute function pgscript_engine.%I()',
        trigger_name, operation, place_triggers.relation,
        case operation when 'insert' then 'new table as new_rows' when 'delete' then 'old table as old_rows'
          else 'old table as old_rows new table as new_rows' end,
        format('watch_%s_%s', place_triggers.relation::oid, place_triggers.purpose)
      );
    else
      execute format('drop trigger if exists %I on %s', trigger_name, place_triggers.relation);
    end if;
  end loop;
end
$$;

comment on function pgscript_engine.place_triggers(regclass, text, text[]) is
  'Puts the triggers that follow a table of the host on it, for these operations, and takes those of the others off. For the table''s owner.';

alter function pgscript_engine.place_triggers(regclass, text, text[]) owner to pgscript_engine;
revoke all on function pgscript_engine.place_triggers(regclass, text, text[]) from public;
grant execute on function pgscript_engine.place_triggers(regclass, text, text[]) to pgscript_integrator;
