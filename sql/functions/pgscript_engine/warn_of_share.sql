create or replace function pgscript_engine.warn_of_share(
  source regclass, tenant_column text, columns text[], access text[]
)
  returns void
  language plpgsql stable
  set search_path = pg_catalog, pg_temp
as $$
declare
  missing text;
  found_name text;
begin
  select concat_ws(' ', needed.privilege, 'on', wanted.name) into missing
  from (values ('read', 'SELECT'), ('insert', 'INSERT'), ('update', 'UPDATE')) as needed (access, privilege)
  cross join unnest(warn_of_share.columns) as wanted (name)
  where (needed.access = 'read' or needed.access = any (warn_of_share.access))
    and not has_column_privilege(warn_of_share.source, wanted.name, needed.privilege)
  limit 1;
  if missing is null and 'delete' = any (warn_of_share.access)
    and not has_table_privilege(warn_of_share.source, 'DELETE') then
    missing := 'DELETE';
  end if;
  if missing is not null then
    raise exception using
      errcode = 'PS403', constraint = 'permission_denied',
      message = format('The database role %I cannot share what it may not do itself: it lacks %s of %s.', current_user, missing, warn_of_share.source),
      hint = 'Share the table as its owner.';
  end if;

  if row_security_active(warn_of_share.source) then
    raise warning 'Row-level security of % applies to %, to whom the view belongs: scripts see no more than its policies let % see.', warn_of_share.source, current_user, current_user
      using hint = 'Share the table as its owner, where its policies are not for the owner.';
  end if;
  if warn_of_share.access && array['insert', 'update'] then
    for found_name in
      select key.index_name from pgscript_engine.unscoped_keys(warn_of_share.source, warn_of_share.tenant_column) as key
      where key.key_columns <@ warn_of_share.columns and key.given_by_default = '{}'
    loop
      raise warning 'The unique index % does not hold %: a tenant can find out whether another one has a value.', found_name, warn_of_share.tenant_column;
    end loop;
    for found_name in
      select reference.conname from pg_catalog.pg_constraint as reference
      where reference.conrelid = warn_of_share.source and reference.contype = 'f'
        and not exists (
          select from pg_catalog.pg_attribute as field
          where field.attrelid = reference.conrelid and field.attname = warn_of_share.tenant_column
            and field.attnum = any (reference.conkey)
        )
    loop
      raise warning 'The foreign key % does not hold %: a tenant''s row could refer to another tenant''s.', found_name, warn_of_share.tenant_column;
    end loop;
  end if;
end
$$;

comment on function pgscript_engine.warn_of_share(regclass, text, text[], text[]) is
  'Raises where the caller lacks rights on the table that it wants to share, and warns of what of the table crosses the border between tenants.';

alter function pgscript_engine.warn_of_share(regclass, text, text[], text[]) owner to pgscript_owner;
revoke all on function pgscript_engine.warn_of_share(regclass, text, text[], text[]) from public;
grant execute on function pgscript_engine.warn_of_share(regclass, text, text[], text[]) to pgscript_integrator;
