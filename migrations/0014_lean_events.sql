-- Publishing an event costs less. A statement reads every check of its table from text before it runs one, so
-- those of the hottest tables that only the engine's own functions could break are gone; and a reference to a
-- version made each publisher write to the same row.

-- Nobody but judge_event, refuse_events and what knows an event's tenant writes these columns.
alter table pgscript.events
  drop constraint events_status_is_known,
  drop constraint events_refused_say_why,
  drop constraint events_source_is_known,
  drop constraint events_depth_is_not_negative;

-- Versions are never deleted; that there is one, enqueue_executions looks at, which costs less than a lock. The
-- rest is constants of the engine's functions, and a class that the tenant's own check knows.
alter table pgscript_engine.live_executions
  drop constraint live_executions_tenant_id_script_id_version_fkey,
  drop constraint live_executions_trigger_type_is_known,
  drop constraint live_executions_retention_class_is_known,
  drop constraint live_executions_attempt_is_counted_from_0;
