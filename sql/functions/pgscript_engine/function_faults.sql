create or replace function pgscript_engine.function_faults()
  returns table (code text, object text, fault text, remedy text)
  language sql stable
  set search_path = pg_catalog, pg_temp
as $$
  select judged.code, routine.name, judged.fault, judged.remedy
  from (
    select
      routine.*, routine.oid::regprocedure::text as name, schema.nspname = 'pgscript_shared' as is_shared,
      -- Only a table's owner can add or drop a partition; every other definer function is the engine's.
      case when schema.nspname || '.' || routine.proname
          in ('pgscript_engine.ensure_partitions', 'pgscript_engine.drop_expired_partitions')
        then 'pgscript_owner'::regrole else 'pgscript_engine'::regrole
      end as rightful_definer
    from pg_catalog.pg_proc as routine
    join pg_catalog.pg_namespace as schema on schema.oid = routine.pronamespace
    where schema.nspname ~ '^pgscript(_engine|_private|_shared)?$'
  ) as routine
  cross join lateral (values
    (
      -- The defaults of a shared table are computed with the rights of the role that shared it.
      not routine.is_shared and routine.proowner not in ('pgscript_engine'::regrole, 'pgscript_owner'::regrole)
        or not routine.is_shared and routine.prosecdef and routine.proowner <> routine.rightful_definer,
      'wrong_owner', format('it runs with the rights of %s', routine.proowner::regrole),
      format('alter function %s owner to pgscript_engine', routine.name)
    ),
    -- Unless it is named last, pg_temp is searched first for types and tables: a caller's temporary
    -- domain called uuid, with a check, would run the caller's code as the function's owner.
    (
      -- What was read when it was made has no names left to look up.
      (routine.prosqlbody is null or routine.prosecdef)
        and (routine.proconfig is null or not routine.proconfig && array[
          'search_path=pg_catalog, pg_temp',
          -- What a watched table's trigger runs: see make_watch_routine.
          case when routine.proname ~ '^watch_[0-9]+_' then 'search_path=pg_catalog, pgscript_engine, pg_temp' end
        ]),
      'search_path_open', 'its caller decides what its names mean',
      format('alter function %s set search_path = pg_catalog, pg_temp', routine.name)
    ),
    (
      exists (
        select from aclexplode(coalesce(routine.proacl, acldefault('f', routine.proowner))) as given
        where given.grantee = 0
      ),
      'granted_to_public', 'everybody may execute it',
      format('revoke all on function %s from public', routine.name)
    ),
    (
      obj_description(routine.oid, 'pg_proc') is null, 'comment_missing', 'it has no comment',
      format('comment on function %s is …', routine.name)
    ),
    -- A context is of one transaction and one backend: it must neither be folded into a plan nor
    -- be asked for in a parallel worker.
    (
      routine.prosecdef and (routine.provolatile = 'i' or routine.proparallel = 's'),
      'wrong_volatility', 'it is security definer, and yet immutable or parallel safe',
      format('alter function %s stable parallel restricted', routine.name)
    )
  ) as judged (is_fault, code, fault, remedy)
  where judged.is_fault;
$$;

comment on function pgscript_engine.function_faults() is
  'Functions of ours with a wrong owner, an open search_path, execute for everybody, no comment, or a volatility that could outlive a context.';

alter function pgscript_engine.function_faults() owner to pgscript_engine;
revoke all on function pgscript_engine.function_faults() from public;
