-- A claim says what each tenant holds of the node, so that none comes to hold all of it.
drop function if exists pgscript_engine.claim_executions(text, integer, interval);
drop function if exists pgscript_engine.claim_for_node(text, integer, interval);
drop function if exists pgscript_engine.lock_due_queues(integer, uuid[]);
