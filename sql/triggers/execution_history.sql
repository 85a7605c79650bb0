-- Finished is finished: rows leave only with their partition, or after their time where they have none.
create or replace trigger refuse_change before update on pgscript_engine.execution_history
  for each row execute function pgscript_engine.refuse_change();
create or replace trigger refuse_delete before delete on pgscript_engine.execution_history
  for each row when (old.finished_at > now() - make_interval(days => old.retention_class))
  execute function pgscript_engine.refuse_change();
create or replace trigger refuse_truncate before truncate on pgscript_engine.execution_history
  for each statement execute function pgscript_engine.refuse_change();
