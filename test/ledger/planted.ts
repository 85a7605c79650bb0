import { asOwner } from '../support/call.ts'
import type { GivenScript } from '../support/given-script.ts'
import { onlyRow } from '../support/given-tenant.ts'
import type { TestDatabase } from '../support/use-database.ts'

const parents = ['execution_history', 'execution_log_batches', 'execution_attempts'] as const

/** The partitions of a week that lies back, as they were made when it was still ahead; returns its name. */
export async function plantWeek(database: TestDatabase, weeksAgo: number): Promise<string> {
  const [row] = await asOwner<{ week: string; first: string; last: string }>(
    database,
    `select to_char(start at time zone 'UTC', 'IYYY"w"IW') as week,
       pgscript_engine.first_id(start) as first, pgscript_engine.first_id(start + interval '7 days') as last
     from (select date_trunc('week', now(), 'UTC') - $1 * interval '7 days' as start) as week`,
    [weeksAgo],
  )
  const { week, first, last } = onlyRow(row ? [row] : [])
  for (const parent of parents) {
    const name = `pgscript_engine.${parent}_${week}`
    await database.owner.query(`
      create table ${name} partition of pgscript_engine.${parent}
        for values from ('${first}') to ('${last}') partition by list (retention_class)`)
    await secure(database, name)
    for (const days of [7, 30, 90, 365]) {
      await database.owner.query(`create table ${name}_${days} partition of ${name} for values in (${days})`)
      await secure(database, `${name}_${days}`)
    }
  }
  return week
}

/** As the engine leaves them: the owner of all tables owns these, too. */
async function secure(database: TestDatabase, table: string) {
  await database.owner.query(`
    alter table ${table} owner to ${database.cluster.rolePrefix}_owner;
    alter table ${table} enable row level security;
    alter table ${table} force row level security`)
}

/** Finished executions of a script in that week, spread over its days, statuses and triggers. */
export async function plantHistory(
  database: TestDatabase,
  script: GivenScript,
  options: { weeksAgo: number; count: number; days?: number },
): Promise<void> {
  const { weeksAgo, count, days = 90 } = options
  await database.owner.query(
    `insert into pgscript_engine.execution_history (
       tenant_id, id, retention_class, script_id, version, status, trigger_type, priority, run_at, attempt, takeovers,
       cause, input, error, created_at, started_at, finished_at)
     select $1, pgscript.uuid_v7(at), $5, $2, 1,
       case when number % 10 = 0 then 'failed' else 'completed' end,
       case when number % 7 = 0 then 'cron' else 'api' end,
       0, at, 1, 0, '{}', '{}', case when number % 10 = 0 then '{"code":"script_error"}'::jsonb end, at, at, at
     from generate_series(1, $3::int) as number
     cross join lateral (select date_trunc('week', now(), 'UTC') - $4 * interval '7 days'
       + number * (interval '6 days' / $3::int) as at) as moment`,
    [script.tenant.id, script.id, count, weeksAgo, days],
  )
}
