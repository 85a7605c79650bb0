import type { Bench, BenchRow, Measurement } from './measure.ts'
import { createEventTenant } from './support/event-tenant.ts'
import { createLedgerDatabase, type LedgerDatabase } from './support/ledger-database.ts'
import { type Client, startClient } from './support/process.ts'
import type { PublishTask } from './support/publisher.ts'

const clients = 16
const scripts = 10_000
const bulk = 1_000

/**
 * 16 clients that insert an event per transaction, beside the same insert into a plain table of that shape;
 * a watched table beside an unwatched one; and events that are matched with 10,000 subscriptions.
 */
export const eventsPublishers: BenchRow = {
  name: 'events-publishers',
  async run(bench) {
    const ledger = await createLedgerDatabase(bench.adminUrl)
    const publisher = await startClient<PublishTask, number>(
      new URL('./support/publisher.ts', import.meta.url),
      { connectionString: ledger.url, clients },
    )
    try {
      return [
        ...(await publishers(publisher, ledger, bench)),
        ...(await watching(publisher, ledger, bench)),
        await matching(ledger, bench),
      ]
    } finally {
      await publisher.close()
      await ledger.close()
    }
  },
}

interface Variant {
  what: string
  text: string
  values: unknown[]
}

/** In turns; the first variant is the peer of the others. */
async function inTurns(
  publisher: Client<PublishTask, number>,
  ledger: LedgerDatabase,
  variants: readonly Variant[],
  { rounds }: Bench,
): Promise<Measurement[]> {
  const rates: number[][] = variants.map(() => [])
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, { text, values }] of variants.entries()) {
      const rate = await publisher.run({ text, values, seconds: round === 0 ? 0.3 : 1.2 })
      await ledger.query('truncate pgscript_engine.live_executions')
      if (round > 0) rates[index]?.push(rate)
    }
  }
  const [peer, ...ours] = variants
  return ours.map(({ what }, index) => ({
    what,
    unit: '/s',
    ours: { rounds: rates[index + 1] ?? [] },
    peer: { name: peer?.what ?? '', rounds: rates[0] ?? [] },
  }))
}

async function publishers(publisher: Client<PublishTask, number>, ledger: LedgerDatabase, bench: Bench) {
  await ledger.query('create table plain_events (like pgscript_engine.judged_events including all)')
  const { key, id } = await createEventTenant(ledger.query, ['order.created'])
  const payload = '{"customer":"Ann","total":120}'
  const insert = (table: string, columns = '', values = '') =>
    `insert into ${table} (tenant_key, type, payload${columns}) values ($1, $2, $3${values})`
  return await inTurns(
    publisher,
    ledger,
    [
      {
        what: 'the same INSERT without our triggers',
        text: insert('plain_events', ', id, tenant_id', ', pgscript.uuid_v7(), $4'),
        values: [key, 'order.created', payload, id],
      },
      {
        what: `${clients} publishers: INSERT of an event nobody subscribes to`,
        text: insert('pgscript.events'),
        values: [key, 'user.created', payload],
      },
      {
        what: `${clients} publishers: INSERT of an event that one script gets`,
        text: insert('pgscript.events'),
        values: [key, 'order.created', payload],
      },
    ],
    bench,
  )
}

async function watching(publisher: Client<PublishTask, number>, ledger: LedgerDatabase, bench: Bench) {
  const { key } = await createEventTenant(ledger.query, [])
  for (const table of ['unwatched', 'watched']) {
    await ledger.query(
      `create table ${table} (id bigserial primary key, tenant text, customer text, total numeric)`,
    )
    await createOrders(ledger, `${table}_orders`)
  }
  await ledger.query("select pgscript.watch_table('watched', 'tenant')")
  await ledger.query("select pgscript.watch_table('watched_orders', 'tenant')")
  const insert = (table: string) => `insert into ${table} (tenant, customer, total) values ($1, 'Ann', 120)`
  const order = (table: string) =>
    `insert into ${table}_orders (tenant, customer_id, number, status, total, note)
     values ($1, 1 + random() * 999, 'A-1001', 'paid', 120, 'Please ring twice.')`
  const many = (table: string) =>
    `insert into ${table} (tenant, customer, total) select $1, 'Ann', 120 from generate_series(1, ${bulk})`
  const both = (what: string, text: (table: string) => string): Variant[] => [
    { what: 'unwatched', text: text('unwatched'), values: [key] },
    { what, text: text('watched'), values: [key] },
  ]
  const variants = [
    both('INSERT into a watched table of four columns', insert),
    both('INSERT into a watched table of ten columns, three indexes and a reference', order),
    both(`INSERT of ${bulk} rows into a watched table of four columns`, many),
  ]
  const measured: Measurement[] = []
  for (const pair of variants) measured.push(...(await inTurns(publisher, ledger, pair, bench)))
  return measured
}

/** What an application keeps its orders in. */
async function createOrders(ledger: LedgerDatabase, table: string): Promise<void> {
  await ledger.query(`create table ${table}_customers (id bigserial primary key, name text not null)`)
  await ledger.query(`insert into ${table}_customers (name) select 'Ann' from generate_series(1, 1000)`)
  await ledger.query(
    `create table ${table} (
       id bigserial primary key, tenant text not null, customer_id bigint not null references ${table}_customers,
       number text not null, status text not null, currency text not null default 'EUR', total numeric(12, 2) not null,
       note text, created_at timestamptz not null default now(), updated_at timestamptz not null default now()
     )`,
  )
  await ledger.query(`create index on ${table} (tenant, created_at)`)
  await ledger.query(`create index on ${table} (customer_id)`)
  await ledger.query(`create index on ${table} (tenant, status)`)
}

/** Milliseconds an event takes where its tenant has 10,000 subscriptions, of 10,000 types. */
async function matching(ledger: LedgerDatabase, { rounds }: Bench): Promise<Measurement> {
  const { key, id } = await createEventTenant(ledger.query, ['type.number0'])
  // Scripts would take minutes to save; what is matched with are their subscriptions.
  await ledger.query(
    `insert into pgscript_engine.subscriptions (tenant_id, script_id, pattern, filter, version, max_attempts)
     select tenant_id, script_id, 'type.number' || n, '$.total > 100', 1, 1
     from pgscript_engine.subscriptions, generate_series(1, $2::int) as n where tenant_id = $1`,
    [id, scripts - 1],
  )
  const times: number[] = []
  for (let round = 0; round <= rounds; round += 1) {
    const began = performance.now()
    await ledger.query(
      `insert into pgscript.events (tenant_key, type, payload)
       select $1, 'type.number' || n, '{"total": 120}' from generate_series(1, $2::int) as n`,
      [key, bulk],
    )
    if (round > 0) times.push((performance.now() - began) / bulk)
    await ledger.query('truncate pgscript_engine.live_executions')
  }
  return {
    what: `an event, matched with ${scripts.toLocaleString('en')} subscriptions and enqueued, in a statement of ${bulk} (µs)`,
    unit: ' µs',
    ours: { rounds: times.map((ms) => ms * 1000) },
  }
}
