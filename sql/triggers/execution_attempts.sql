create or replace trigger refuse_change before update or delete on pgscript_engine.execution_attempts
  for each row execute function pgscript_engine.refuse_change();
