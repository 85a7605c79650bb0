import { type GivenTenant, givenTenant } from '../../support/given-tenant.ts'
import type { TestDatabase } from '../../support/use-database.ts'

export interface GivenShop {
  ours: GivenTenant
  theirs: GivenTenant
}

/** What the other tenant has and nobody else may ever see. */
export const theirSecret = 'secret-of-theirs'

/**
 * A platform's tables with rows of two tenants: `orders`, shared to read and write; `prices`, shared for
 * reading; `countries`, shared with everybody; `salaries`, not shared at all.
 */
export async function givenShop(database: TestDatabase): Promise<GivenShop> {
  const [ours, theirs] = [await givenTenant(database), await givenTenant(database)]
  await database.owner.query(`
    create type order_status as enum ('new', 'paid');
    create table orders (
      tenant text not null, id bigserial primary key, title text not null check (title <> 'forbidden'),
      amount integer, total numeric(12, 2), status order_status not null default 'new',
      placed_at timestamptz not null default '2026-01-31 12:00+00', details jsonb,
      unique (tenant, title)
    );
    create table prices (tenant text not null, product text not null, price integer not null, primary key (tenant, product));
    create table countries (code text primary key, name text not null);
    create table salaries (tenant text, name text, amount integer);
    insert into countries values ('UZ', 'Uzbekistan'), ('DE', 'Germany')`)
  for (const [tenant, mark] of [
    [ours, 'ours'],
    [theirs, theirSecret],
  ] as const) {
    await database.owner.query(
      `insert into orders (tenant, title, amount, total, details)
       select $1, $2 || n, n, n * 1.5, jsonb_build_object('mark', $2::text) from generate_series(1, 3) as n`,
      [tenant.key, mark],
    )
    await database.owner.query('insert into prices values ($1, $2, 7)', [tenant.key, mark])
    await database.owner.query('insert into salaries values ($1, $2, 99)', [tenant.key, mark])
  }
  await database.owner.query(`
    select pgscript.share_table('orders', 'tenant', access => array['read', 'write']);
    select pgscript.share_table('prices', 'tenant');
    select pgscript.share_table('countries', global => true)`)
  return { ours, theirs }
}

/** Every row of every tenant in the platform's tables, in one text. */
export async function everyRow(database: TestDatabase): Promise<string> {
  const { rows } = await database.owner.query(
    `select (select json_agg(o order by id) from orders as o) as orders, (select json_agg(p order by p) from prices as p) as prices,
       (select json_agg(c order by c) from countries as c) as countries, (select json_agg(s order by s) from salaries as s) as salaries`,
  )
  return JSON.stringify(rows)
}
