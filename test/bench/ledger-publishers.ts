import pg from 'pg'

import type { Bench, BenchRow, Measurement } from './measure.ts'
import { type BenchTenant, createLedgerDatabase, type LedgerDatabase } from './support/ledger-database.ts'
import { type Client, startClient } from './support/process.ts'
import type { PublishTask } from './support/publisher.ts'

const clients = 16

/**
 * 16 clients that each insert one execution per transaction, beside the same insert into a plain table
 * of the same shape, with its indexes and checks. The rows between say what costs what. While a node
 * sleeps, each of these transactions rings the doorbell.
 */
export const ledgerPublishers: BenchRow = {
  name: 'ledger-publishers',
  async run(bench) {
    const ledger = await createLedgerDatabase(bench.adminUrl)
    const listener = new pg.Client({ connectionString: ledger.url })
    try {
      await listener.connect()
      await listener.query('listen pgscript_work')
      await ledger.query('create table plain (like pgscript_engine.live_executions including all)')
      await ledger.query(
        `select pgscript_engine.register_node('sleeper', '0', array['executor'], $1, $2, interval '1 hour')`,
        [ledger.nodeSettings('sleeper').installationKey, 'a capability of the benchmark'],
      )
      const tenant = await ledger.createTenant(1)
      await createEventTable(ledger, tenant)
      const publisher = await startClient<PublishTask, number>(
        new URL('./support/publisher.ts', import.meta.url),
        { connectionString: ledger.url, clients },
      )
      try {
        return compare(await measure(publisher, ledger, variantsOf(tenant), bench))
      } finally {
        await publisher.close()
      }
    } finally {
      await listener.end()
      await ledger.close()
    }
  },
}

/** As an event would be: a statement's trigger hands its rows on, with the rights of the engine. */
async function createEventTable(ledger: LedgerDatabase, tenant: BenchTenant) {
  await ledger.query(`
    create table event (id bigserial primary key, what jsonb not null);
    create function hand_on() returns trigger language plpgsql security definer
      set search_path = pg_catalog, pg_temp as $$
    begin
      perform from pgscript_engine.enqueue_executions(array(
        select row(
          '${tenant.id}', '${tenant.scripts[0]?.id}', 1, 'event', what, null, null, null, null, null, null, null, null
        )::pgscript_engine.execution_request from new_rows
      ));
      return null;
    end $$;
    create trigger hand_on after insert on event referencing new table as new_rows
      for each statement execute function hand_on()`)
}

interface Variant {
  what: string
  asleep: boolean
  text: string
  values: unknown[]
}

function variantsOf(tenant: BenchTenant): Variant[] {
  const [script] = tenant.scripts
  const input = '{"number":1}'
  const insert = (table: string) =>
    `insert into ${table} (tenant_id, id, script_id, version, trigger_type, input)
     values ($1, pgscript.uuid_v7(), $2, 1, 'api', $3)`
  const enqueue = `select from pgscript_engine.enqueue_executions(array[row(
    $1, $2, 1, 'api', $3, null, null, null, null, null, null, null, null)::pgscript_engine.execution_request])`
  const event = 'insert into event (what) values ($1)'
  const execute = 'select pgscript.execute_script($1, $2, $3)'
  const ids = [tenant.id, script?.id, input]
  const names = [tenant.key, script?.name, input]
  return [
    { what: 'INSERT into a plain table', asleep: false, text: insert('plain'), values: ids },
    {
      what: 'INSERT into the ledger (its foreign keys)',
      asleep: false,
      text: insert('pgscript_engine.live_executions'),
      values: ids,
    },
    { what: 'enqueue_executions of one', asleep: false, text: enqueue, values: ids },
    { what: 'enqueue_executions of one, a node asleep', asleep: true, text: enqueue, values: ids },
    { what: 'INSERT into a table whose trigger enqueues one', asleep: false, text: event, values: [input] },
    { what: 'execute_script', asleep: false, text: execute, values: names },
    { what: 'execute_script, a node asleep', asleep: true, text: execute, values: names },
  ]
}

async function measure(
  publisher: Client<PublishTask, number>,
  ledger: LedgerDatabase,
  variants: readonly Variant[],
  { rounds }: Bench,
): Promise<{ name: string; rounds: number[] }[]> {
  const results = variants.map(({ what }) => ({ name: what, rounds: [] as number[] }))
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, { asleep, text, values }] of variants.entries()) {
      await ledger.query('update pgscript_engine.nodes set asleep = $1', [asleep])
      const rate = await publisher.run({ text, values, seconds: round === 0 ? 0.3 : 1.2 })
      await ledger.query('truncate plain, event, pgscript_engine.live_executions')
      if (round > 0) results[index]?.rounds.push(rate)
    }
  }
  return results
}

function compare(results: readonly { name: string; rounds: number[] }[]): Measurement[] {
  const [plain, ...ours] = results
  if (!plain) return []
  return ours.map(({ name, rounds }) => ({
    what: `${clients} publishers: ${name}`,
    unit: '/s',
    ours: { rounds },
    peer: plain,
  }))
}
