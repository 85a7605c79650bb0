create or replace function pgscript.upsert_user(
  email text default null, external_id text default null, name text default null, is_operator boolean default null
)
  returns pgscript.users
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  person pgscript.users;
  taken text;
begin
  perform pgscript_engine.require_operator();
  if upsert_user.email is null and upsert_user.external_id is null then
    raise exception using
      errcode = 'PS422', constraint = 'user_unnamed', column = 'email',
      message = 'email: give an e-mail address or an external_id; without either, nobody could name the user.';
  end if;
  perform pgscript_engine.check_text('name', upsert_user.name, 200);
  perform pgscript_engine.check_text('external_id', upsert_user.external_id, 200);
  if upsert_user.email !~ '^[^@[:space:]]+@[^@[:space:]]+$' or length(upsert_user.email) > 254 then
    raise exception using
      errcode = 'PS422', constraint = 'invalid_email', column = 'email',
      message = format('email: %L is not an e-mail address.', left(upsert_user.email, 100));
  end if;

  select known.* into person
  from pgscript.users as known
  where known.external_id = upsert_user.external_id or lower(known.email) = lower(upsert_user.email)
  order by known.external_id = upsert_user.external_id desc nulls last
  limit 1
  for update;
  if not found then
    insert into pgscript.users as created (id, external_id, email, name, is_operator)
    values (
      pgscript.uuid_v7(), upsert_user.external_id, upsert_user.email,
      coalesce(upsert_user.name, upsert_user.email, upsert_user.external_id), coalesce(upsert_user.is_operator, false)
    )
    returning created.* into person;
  else
    update pgscript.users as known
    set
      external_id = coalesce(upsert_user.external_id, known.external_id),
      email = coalesce(upsert_user.email, known.email),
      name = coalesce(upsert_user.name, known.name),
      is_operator = coalesce(upsert_user.is_operator, known.is_operator)
    where known.id = person.id
    returning known.* into person;
  end if;
  return person;
exception when unique_violation then
  -- Somebody else has it, or was created a moment ago.
  get stacked diagnostics taken = constraint_name;
  taken := case taken when 'users_external_id_is_unique' then 'external_id' else 'email' end;
  raise exception using
    errcode = 'PS409', constraint = taken || '_taken', column = taken,
    message = format('%s: belongs to another user.', taken);
end
$$;

comment on function pgscript.upsert_user(text, text, text, boolean) is
  'Creates the user of that external id or e-mail, or changes what is not null of them; returns their row.';

alter function pgscript.upsert_user(text, text, text, boolean) owner to pgscript_engine;
revoke all on function pgscript.upsert_user(text, text, text, boolean) from public;
grant execute on function pgscript.upsert_user(text, text, text, boolean) to pgscript_operator, pgscript_integrator;
