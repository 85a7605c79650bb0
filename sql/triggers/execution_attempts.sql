create or replace trigger refuse_change before update on pgscript_engine.execution_attempts
  for each row execute function pgscript_engine.refuse_change();
-- An attempt ends before its execution does, whose time it is kept for.
create or replace trigger refuse_delete before delete on pgscript_engine.execution_attempts
  for each row when (old.finished_at > now() - make_interval(days => old.retention_class))
  execute function pgscript_engine.refuse_change();
