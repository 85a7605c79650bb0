create or replace trigger refuse_change before update or delete on pgscript.version_approvals
  for each row execute function pgscript_engine.refuse_change();
create or replace trigger refuse_truncate before truncate on pgscript.version_approvals
  for each statement execute function pgscript_engine.refuse_change();
