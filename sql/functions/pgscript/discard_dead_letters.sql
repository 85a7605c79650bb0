create or replace function pgscript.discard_dead_letters(
  tenant_key text, ids uuid[] default null, filter jsonb default null
)
  returns integer
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  this_tenant uuid := pgscript_engine.authorize(discard_dead_letters.tenant_key, 'dead_letters.manage');
  discarded integer;
  first_ones uuid[];
begin
  if discard_dead_letters.ids is null and discard_dead_letters.filter is null then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_filter', column = 'filter',
      message = 'filter: say which dead letters to discard, by ids or by a filter; {} means all.';
  end if;
  with meant as materialized (
    select pgscript_engine.dead_letters_meant(this_tenant, discard_dead_letters.ids, discard_dead_letters.filter) as id
  ),
  resolved as (
    update pgscript.dead_letters as letter
    set status = 'discarded', resolved_at = now(), resolved_by = pgscript.current_user_id()
    from meant
    where letter.tenant_id = this_tenant and letter.execution_id = meant.id
    returning letter.execution_id as id
  )
  -- No more than a hundred are named: an audit entry is kept for good.
  select count(*), (array_agg(resolved.id order by resolved.id))[:100] into discarded, first_ones
  from resolved;
  if discarded > 0 then
    perform pgscript_engine.audit(
      this_tenant, 'dead_letters.discarded', 'tenant', this_tenant::text, null,
      jsonb_build_object('count', discarded, 'ids', first_ones, 'filter', discard_dead_letters.filter)
    );
  end if;
  return discarded;
end
$$;

comment on function pgscript.discard_dead_letters(text, uuid[], jsonb) is
  'Marks open dead letters as discarded, by ids or filter (see redrive_dead_letters; {} means all), and returns how many; they are kept for 30 days more. Needs dead_letters.manage. tenant_key may be null where the transaction has a tenant.';

alter function pgscript.discard_dead_letters(text, uuid[], jsonb) owner to pgscript_engine;
revoke all on function pgscript.discard_dead_letters(text, uuid[], jsonb) from public;
grant execute on function pgscript.discard_dead_letters(text, uuid[], jsonb) to pgscript_user, pgscript_operator, pgscript_integrator;
