create or replace function pgscript_engine.policy_faults()
  returns table (code text, object text, fault text, remedy text)
  language sql stable
  set search_path = pg_catalog, pg_temp
as $$
  -- Tenants and users have no tenant_id, and are tenant data all the same.
  select
    'policy_open', format('%s on %s', policy.polname, policy.polrelid::regclass), judged.fault, judged.remedy
  from pg_catalog.pg_policy as policy
  join pg_catalog.pg_class as relation on relation.oid = policy.polrelid
  join pg_catalog.pg_namespace as schema on schema.oid = relation.relnamespace
  cross join lateral (
    select
      relation.relname in ('tenants', 'users') or exists (
        select from pg_catalog.pg_attribute as field
        where field.attrelid = relation.oid and field.attname = 'tenant_id' and not field.attisdropped
      ) as is_tenants,
      coalesce(pg_get_expr(policy.polqual, policy.polrelid), '') as qualifier,
      pg_get_expr(policy.polwithcheck, policy.polrelid) as check_option
  ) as rule
  cross join lateral (values
    (
      0 = any (policy.polroles),
      'it is for every role', 'name the roles it is for'
    ),
    (
      rule.is_tenants and 'pgscript_user'::regrole = any (policy.polroles)
        and not (
          (rule.qualifier ~ 'current_tenant_id\(\)' or policy.polcmd = 'a')
          and coalesce(rule.check_option, 'current_tenant_id()') ~ 'current_tenant_id\(\)'
        ),
      'it shows users rows without asking for the tenant', 'compare tenant_id with pgscript.current_tenant_id()'
    ),
    (
      rule.is_tenants and 'pgscript_operator'::regrole = any (policy.polroles) and rule.qualifier !~ 'is_operator\(\)',
      'it shows rows without asking whether an operator acts', 'ask pgscript.is_operator()'
    ),
    (
      rule.is_tenants and exists (
        select from unnest(policy.polroles) as role
        where role in ('pgscript_node'::regrole, 'pgscript_script'::regrole)
      ),
      'it lets a login see tenant data outside every tenant''s transaction',
      'give the role a function of the engine instead'
    ),
    (
      rule.is_tenants and 'pgscript_integrator'::regrole = any (policy.polroles)
        and coalesce(nullif(rule.qualifier, ''), rule.check_option) !~ 'host_tenants\('
        or 'pgscript_integrator'::regrole = any (policy.polroles) and policy.polcmd <> 'r'
        -- Publishing is an INSERT.
        and not (policy.polcmd = 'a' and policy.polrelid = 'pgscript.events'::regclass),
      'it shows host roles rows without asking which tenants they were granted, or lets them write',
      'compare tenant_id with pgscript_engine.host_tenants(), for select only'
    )
  ) as judged (is_fault, fault, remedy)
  where schema.nspname ~ '^pgscript(_engine|_private)?$' and judged.is_fault;
$$;

comment on function pgscript_engine.policy_faults() is
  'Policies that show tenant data to anybody without asking for whom the transaction acts.';

alter function pgscript_engine.policy_faults() owner to pgscript_engine;
revoke all on function pgscript_engine.policy_faults() from public;
