-- Not everything that a jsonpath can raise is silent: a date beside a time with a zone is an error whatever
-- is said, and would be one of the publisher's transaction.
alter table pgscript_engine.subscriptions add column guarded_filter jsonpath;
comment on column pgscript_engine.subscriptions.filter is
  'The condition on the payload, where nothing in it can raise.';
comment on column pgscript_engine.subscriptions.guarded_filter is
  'The condition on the payload, where something in it might: it is asked by filter_holds.';
