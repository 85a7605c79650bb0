create or replace function pgscript_engine.publishing_statement(
  key text, payload text, changes text, type text, topics text[], condition text, is_heard boolean
)
  returns text
  language sql immutable
  set search_path = pg_catalog, pg_temp
as $$
  -- Rows, not one event at a time: a bulk load would cost ten times as much. Each row's payload is made once, and
  -- its tenant looked for once, in the order of the rows, which a join would give up. Whatever is out of the ordinary
  -- has no tenant here: judge_event finds it, and decides; where nobody listens, the table refuses the row.
  select format(
    case when publishing_statement.is_heard then
      'insert into pgscript.events (unjudged, tenant_id, may_fan_out, tenant_key, type, payload, source, published_by)
       select
         tenant.id is not null, tenant.id, coalesce(tenant.listens, false), change.key, %3$L, change.payload, ''watch'',
         coalesce(nullif(current_setting(''role'', true), ''none''), session_user)'
    else
      'insert into pgscript_engine.unjudged_events (unjudged, tenant_id, tenant_key, type, payload, source, published_by)
       select
         true, tenant.id, change.key, %3$L, change.payload, ''watch'',
         coalesce(nullif(current_setting(''role'', true), ''none''), session_user)'
    end
    || '
     from (select %1$s as key, %2$s as payload from %4$s offset 0) as change
     left join lateral (
       select
         case
           -- Where there was once a context in the session, judge_event looks whether there is one.
           when %5$s and known.events_are_plain and current_setting(''pgscript.context'', true) is null '
    || case when publishing_statement.is_heard then
           'then known.id
         end as id,
         known.event_topics && %6$L as listens'
    else '
             and not known.event_topics && %6$L
           then known.id
         end as id'
    end
    || '
       from pgscript.tenants as known
       where known.key = change.key
       offset 0
     ) as tenant on true',
    publishing_statement.key, publishing_statement.payload, publishing_statement.type, publishing_statement.changes,
    publishing_statement.condition, publishing_statement.topics
  );
$$;

comment on function pgscript_engine.publishing_statement(text, text, text, text, text[], text, boolean) is
  'The statement of a watched table''s trigger that makes events of changes: what the expressions for key and payload make of the rows of the from list. Ordinary ones, for which the condition on change.payload holds, are stored unjudged. Without is_heard it stores only what nobody listens to, and fails with not_null_violation where there is anything else among it.';

alter function pgscript_engine.publishing_statement(text, text, text, text, text[], text, boolean) owner to pgscript_engine;
revoke all on function pgscript_engine.publishing_statement(text, text, text, text, text[], text, boolean) from public;
