-- Security invoker: the policies of the tables below judge each reader.
create or replace view pgscript.dead_letter_groups
  with (security_invoker = true)
as
select
  letter.tenant_id, letter.script_id, letter.fingerprint, count(*) as letters, min(letter.failed_at) as first_failed_at,
  max(letter.failed_at) as last_failed_at, (array_agg(letter.execution_id order by letter.execution_id desc))[1] as last_execution_id,
  (array_agg(letter.error order by letter.execution_id desc))[1] as last_error
from pgscript.dead_letters as letter
where letter.status = 'open'
group by letter.tenant_id, letter.script_id, letter.fingerprint;

comment on view pgscript.dead_letter_groups is 'Open dead letters of a script that look alike: how many, since when, and the last one''s error.';

alter view pgscript.dead_letter_groups owner to pgscript_owner;
grant select on pgscript.dead_letter_groups to pgscript_user, pgscript_operator, pgscript_integrator;
