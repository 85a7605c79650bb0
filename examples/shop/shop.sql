-- A made-up application of the host, beside pgscript: a table of its own, in a schema of its own, whose
-- rows belong to tenants by a column of the application's. Run again, it changes nothing.
create schema if not exists pgscript_demo;

create table if not exists pgscript_demo.orders (
  id       bigint         generated always as identity primary key,
  shop     text           not null,
  customer text           not null,
  total    numeric(10, 2) not null,
  status   text           not null default 'new',
  placed   timestamptz    not null default now()
);

-- Each new order is an event, in the transaction that inserts it.
select pgscript.watch_table('pgscript_demo.orders', 'shop', 'order', operations => '{insert}');

-- Scripts see the orders of their own shop, and nobody else's, and may change them.
select pgscript.share_table('pgscript_demo.orders', 'shop', access => '{read,update}')
where not exists (select from pgscript.shared_tables() as shared where shared.name = 'orders');
