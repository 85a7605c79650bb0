-- Most events are nobody's. To know that without a look at the subscriptions, a tenant's own row says what
-- its scripts listen to, for it is read for every event anyway; and an event's row says whether more may come of
-- it, so that the statement that stores it ends there where nothing does.

alter table pgscript.tenants
  add column event_topics text[] not null default '{}',
  add column events_are_plain boolean not null
    generated always as (status = 'active' and quotas = '{}' and not limits ? 'input_bytes') stored;
comment on column pgscript.tenants.events_are_plain is
  'Whether nothing of the tenant itself stands in the way of an event: it is active, without quotas, and has no limit of its own for their size.';
comment on column pgscript.tenants.event_topics is
  'The first words of the event types that the tenant''s scripts subscribe to, and * where one gets all; what was subscribed to once may stay.';

alter table pgscript.events add column may_fan_out boolean not null default false;
comment on column pgscript.events.may_fan_out is
  'Whether more than this row may come of it: a script of the tenant listens to types that begin alike, or a quota counts it.';

-- A table's owner is under its policies too, and has none.
alter table pgscript.tenants no force row level security;
alter table pgscript_engine.subscriptions no force row level security;
update pgscript.tenants as tenant
set event_topics = heard.topics
from (
  select subscription.tenant_id, array_agg(distinct split_part(subscription.pattern, '.', 1)) as topics
  from pgscript_engine.subscriptions as subscription
  group by subscription.tenant_id
) as heard
where tenant.id = heard.tenant_id;
alter table pgscript.tenants force row level security;
alter table pgscript_engine.subscriptions force row level security;
