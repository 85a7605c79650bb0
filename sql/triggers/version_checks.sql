-- A verdict is given once: unchecked becomes accepted or rejected, and stays so, with its findings.
create or replace trigger refuse_second_verdict before update on pgscript.version_checks
  for each row when (old.state <> 'unchecked')
  execute function pgscript_engine.refuse_change();
create or replace trigger refuse_delete before delete on pgscript.version_checks
  for each row execute function pgscript_engine.refuse_change();
