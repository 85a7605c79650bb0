-- Finished is finished: rows leave only with their partition.
create or replace trigger refuse_change before update or delete on pgscript_engine.execution_history
  for each row execute function pgscript_engine.refuse_change();
create or replace trigger refuse_truncate before truncate on pgscript_engine.execution_history
  for each statement execute function pgscript_engine.refuse_change();
