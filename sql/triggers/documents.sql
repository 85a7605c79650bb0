-- The tenant's bytes follow the rows, whatever wrote them.
create or replace trigger count_added after insert on pgscript_engine.documents
  referencing new table as added
  for each statement execute function pgscript_engine.count_bytes('data');
create or replace trigger count_changed after update on pgscript_engine.documents
  referencing new table as added old table as removed
  for each statement execute function pgscript_engine.count_bytes('data');
create or replace trigger count_removed after delete on pgscript_engine.documents
  referencing old table as removed
  for each statement execute function pgscript_engine.count_bytes('data');
