-- Security invoker: the policies of the tables below judge each reader.
create or replace view pgscript.event_deliveries
  with (security_invoker = true)
as
select delivery.tenant_id, delivery.event_id, delivery.script_id, delivery.execution_id
from pgscript_engine.event_deliveries as delivery;

comment on view pgscript.event_deliveries is 'Who received which event: the script and the execution it led to, one for each.';

alter view pgscript.event_deliveries owner to pgscript_owner;
grant select on pgscript.event_deliveries to pgscript_user, pgscript_operator, pgscript_integrator;
