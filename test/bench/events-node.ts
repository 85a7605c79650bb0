import { setTimeout as sleep } from 'node:timers/promises'

import { PgBoss } from 'pg-boss'

import { type Bench, type BenchRow, type Measurement, median, type Series } from './measure.ts'
import { createEventTenant, type EventTenant } from './support/event-tenant.ts'
import { createLedgerDatabase } from './support/ledger-database.ts'
import { graphile, pgBoss } from './support/peers.ts'
import { until } from './support/until.ts'

const events = 2_000
const everyMs = 150
const singles = 100
/** The first ones find nothing warm: no isolate, no plan, no connection. */
const warmUps = 5

/** Through a real node and its sandbox: events drained per second, and the way of a single one on an idle system. */
export const eventsNode: BenchRow = {
  name: 'events-node',
  async run(bench) {
    const tenant = await createEventTenant(bench.query, ['order.created'])
    return [...(await drained(bench, tenant)), await single(bench)]
  },
}

const publish = (count: number) =>
  `insert into pgscript.events (tenant_key, type, payload)
   select $1, 'order.created', jsonb_build_object('n', n) from generate_series(1, ${count}) as n`

/** Beside jobs that are only fetched and completed, with nothing run between. */
async function drained(bench: Bench, { id, key }: EventTenant): Promise<Measurement[]> {
  const rounds: number[] = []
  const isDone = async () =>
    (await bench.query('select from pgscript_engine.live_executions where tenant_id = $1 limit 1', [id]))
      .length === 0
  for (let round = 0; round <= bench.rounds; round += 1) {
    await bench.query(publish(events), [key])
    const committed = performance.now()
    await until(isDone, 10)
    if (round > 0) rounds.push(events / ((performance.now() - committed) / 1000))
  }
  const what = `${events} events of one statement, run in isolates, from the commit to the last record`
  return (await peerRates(bench)).map((peer) => ({ what, unit: '/s', ours: { rounds }, peer }))
}

async function peerRates({ adminUrl, rounds }: Bench): Promise<{ name: string; rounds: number[] }[]> {
  const ledger = await createLedgerDatabase(adminUrl)
  const [boss] = await pgBoss(ledger)
  const peers = [...(boss ? [boss] : []), await graphile(ledger, true), await graphile(ledger, false)]
  try {
    const rates = peers.map(({ what }) => ({ name: what, rounds: [] as number[] }))
    for (let round = 0; round <= rounds; round += 1) {
      for (const [index, peer] of peers.entries()) {
        const rate = await peer.round()
        if (round > 0) rates[index]?.rounds.push(rate)
      }
    }
    return rates
  } finally {
    for (const { close } of peers) await close?.()
    await ledger.close()
  }
}

/** From before the INSERT is sent to the script's first line, beside the same of pg-boss with NOTIFY. */
async function single(bench: Bench): Promise<Measurement> {
  const ours = await ownDelays(bench)
  return {
    what: 'event sent → committed → first line of the script, idle',
    unit: ' ms',
    ours: series(ours),
    peer: { name: 'pg-boss send → work, NOTIFY', ...series(await pgBossDelays(bench)) },
  }
}

/** By the clock on the wall, which the script sees as well: in whole milliseconds, cut off at both ends. */
async function ownDelays(bench: Bench): Promise<number[]> {
  const { id, key } = await createEventTenant(bench.query, ['clock.read'], 'export default () => Date.now()')
  const since = new Date()
  for (let number = 0; number < singles; number += 1) {
    await bench.query(
      `insert into pgscript.events (tenant_key, type, payload) values ($1, 'clock.read', $2)`,
      [key, { at: Date.now() }],
    )
    await sleep(everyMs)
  }
  const rows = await bench.query(
    `select (execution.output #>> '{}')::float - (execution.input ->> 'at')::float as ms
     from pgscript.executions as execution
     where execution.tenant_id = $1 and execution.created_at > $2 and execution.status = 'completed'
     order by execution.id offset $3`,
    [id, since, warmUps],
  )
  return rows.map(({ ms }) => Number(ms))
}

async function pgBossDelays({ adminUrl }: Bench): Promise<number[]> {
  const ledger = await createLedgerDatabase(adminUrl)
  const boss = new PgBoss({
    connectionString: ledger.url,
    supervise: false,
    schedule: false,
    useListenNotify: true,
  })
  boss.on('error', () => undefined)
  try {
    await boss.start()
    await boss.createQueue('single', { notify: true })
    const delays: number[] = []
    await boss.work<{ at: number }>('single', { pollingIntervalSeconds: 2 }, async ([job]) => {
      if (job) delays.push(performance.now() - job.data.at)
    })
    for (let number = 0; number < singles; number += 1) {
      const at = performance.now()
      await boss.send('single', { at })
      await sleep(everyMs)
    }
    await sleep(1000)
    return delays.slice(warmUps)
  } finally {
    await boss.stop({ graceful: false })
    await ledger.close()
  }
}

function series(values: readonly number[]): Series {
  const sorted = values.toSorted((left, right) => left - right)
  return {
    rounds: [median(sorted)],
    latency: { p50: median(sorted), p99: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN },
  }
}
