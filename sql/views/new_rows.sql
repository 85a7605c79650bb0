create or replace view pgscript_engine.new_rows
  with (security_invoker = true)
as
select null as nothing where false;

comment on view pgscript_engine.new_rows is
  'Nothing. A watched table''s trigger that was made without its new rows finds this under their name, and not a temporary relation of the host''s, whose code would run as the engine.';

alter view pgscript_engine.new_rows owner to pgscript_owner;
