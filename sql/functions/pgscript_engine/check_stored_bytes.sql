create or replace function pgscript_engine.check_stored_bytes(tenant_id uuid)
  returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  most_bytes bigint := (
    select (tenant.quotas ->> 'stored_bytes')::bigint
    from pgscript.tenants as tenant
    where tenant.id = check_stored_bytes.tenant_id
  );
begin
  if most_bytes is not null and pgscript_engine.stored_bytes(check_stored_bytes.tenant_id) > most_bytes then
    raise exception using
      errcode = 'PS429', constraint = 'quota_exceeded', column = 'stored_bytes',
      message = format('The tenant''s quota of %s stored bytes is used up.', most_bytes),
      hint = 'Delete what is not needed; executions expire by the tenant''s retention; an operator can raise the quota.';
  end if;
end
$$;

comment on function pgscript_engine.check_stored_bytes(uuid) is
  'Raises quota_exceeded where what is kept of the tenant, what this transaction has written included, is more than its quota.';

alter function pgscript_engine.check_stored_bytes(uuid) owner to pgscript_engine;
revoke all on function pgscript_engine.check_stored_bytes(uuid) from public;
