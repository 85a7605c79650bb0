create or replace function pgscript_engine.remake_subscriptions()
  returns void
  language sql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
  select pgscript_engine.refresh_subscriptions(known.tenant_id)
  from (select distinct subscription.tenant_id from pgscript_engine.subscriptions as subscription) as known;
$$;

comment on function pgscript_engine.remake_subscriptions() is
  'Makes all subscriptions anew, as this version makes them.';

alter function pgscript_engine.remake_subscriptions() owner to pgscript_engine;
revoke all on function pgscript_engine.remake_subscriptions() from public;
