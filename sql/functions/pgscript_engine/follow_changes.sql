create or replace function pgscript_engine.follow_changes()
  returns trigger
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  writer constant text := coalesce(nullif(current_setting('role', true), 'none'), session_user);
  watch pgscript_engine.watched_tables;
  attempt integer := 0;
begin
  loop
    select known.* into watch
    from pgscript_engine.watched_tables as known
    where known.relation = tg_relid and known.purpose = tg_argv[0];
    if not found then
      return null;
    end if;
    begin
      if watch.column_count <> (select class.relnatts from pg_catalog.pg_class as class where class.oid = tg_relid) then
        raise exception 'The table has other columns now.';
      end if;
      execute case tg_op when 'INSERT' then watch.on_insert when 'UPDATE' then watch.on_update else watch.on_delete end
        using writer;
      return null;
    exception
      -- The host's own write must not die of us; but what may be tried again, the host should try again.
      when serialization_failure or deadlock_detected or lock_not_available then
        raise;
      when others then
        if attempt > 0 then
          insert into pgscript.refused_events (id, tenant_key, type, payload, reason, source, published_by)
          values (
            pgscript.uuid_v7(), '', coalesce(watch.event_type, 'tenants'),
            jsonb_build_object('table', tg_relid::regclass::text, 'operation', lower(tg_op)), left(sqlerrm, 500), 'watch', writer
          );
          return null;
        end if;
    end;
    -- Its columns may have changed: once more, with what they are now.
    attempt := attempt + 1;
    perform pgscript_engine.make_watch(tg_relid, tg_argv[0]);
  end loop;
end
$$;

comment on function pgscript_engine.follow_changes() is
  'Trigger of watched tables: makes events, or tenants, of what a statement changed. Runs only what make_watch has written down for the table, so a trigger that somebody else creates with it does nothing. Fails only where the statement should be tried again; any other trouble is a row of refused_events.';

alter function pgscript_engine.follow_changes() owner to pgscript_engine;
revoke all on function pgscript_engine.follow_changes() from public;
grant execute on function pgscript_engine.follow_changes() to pgscript_integrator;
