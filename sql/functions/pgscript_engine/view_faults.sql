create or replace function pgscript_engine.view_faults()
  returns table (code text, object text, fault text, remedy text)
  language sql stable
  set search_path = pg_catalog, pg_temp
as $$
  select judged.code, view.name, judged.fault, judged.remedy
  from (
    select
      relation.*, relation.oid::regclass::text as name, schema.nspname ~ '_shared$' as is_shared,
      coalesce(relation.reloptions && array['security_invoker=true', 'security_invoker=on'], false) as is_invoker,
      coalesce(relation.reloptions && array['security_barrier=true', 'security_barrier=on'], false) as is_barrier
    from pg_catalog.pg_class as relation
    join pg_catalog.pg_namespace as schema on schema.oid = relation.relnamespace
    where relation.relkind in ('v', 'm') and schema.nspname ~ '^pgscript(_engine|_private|_shared)?$'
  ) as view
  cross join lateral (values
    (
      -- Views on host tables carry the rights of the role that shared the table.
      not view.is_shared and not view.is_invoker,
      'view_not_invoker', 'it reads with its owner''s rights, past the policies for its reader',
      format('alter view %s set (security_invoker = true)', view.name)
    ),
    (
      view.is_shared and not view.is_barrier,
      'view_not_barrier', 'a condition of a script''s own is asked about other tenants'' rows',
      format('alter view %s set (security_barrier = true)', view.name)
    ),
    (
      not view.is_shared and view.relowner <> 'pgscript_owner'::regrole,
      'wrong_owner', format('it belongs to %s', view.relowner::regrole),
      format('alter view %s owner to pgscript_owner', view.name)
    ),
    (
      obj_description(view.oid, 'pg_class') is null, 'comment_missing', 'it has no comment',
      format('comment on view %s is …', view.name)
    )
  ) as judged (is_fault, code, fault, remedy)
  where judged.is_fault;
$$;

comment on function pgscript_engine.view_faults() is
  'Views of ours that read past the policies for their reader, have a wrong owner, or no comment.';

alter function pgscript_engine.view_faults() owner to pgscript_engine;
revoke all on function pgscript_engine.view_faults() from public;
