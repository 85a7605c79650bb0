create or replace trigger refuse_change before update or delete on pgscript_engine.sharing_log
  for each row execute function pgscript_engine.refuse_change();
create or replace trigger refuse_truncate before truncate on pgscript_engine.sharing_log
  for each statement execute function pgscript_engine.refuse_change();
