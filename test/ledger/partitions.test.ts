import { describe, expect, test } from 'vitest'

import { completeExecutions } from '../../src/executor/report-executions.ts'
import { asOwner } from '../support/call.ts'
import { findExecution, givenExecutions } from '../support/given-executions.ts'
import { givenScript } from '../support/given-script.ts'
import { givenTenant, onlyRow } from '../support/given-tenant.ts'
import { useDatabase } from '../support/use-database.ts'
import { claimOne, reportOn, useEmptyLedger } from '../support/use-ledger.ts'
import { plantHistory, plantWeek } from './planted.ts'
import { openTransaction } from './second-connection.ts'

describe('partitions', () => {
  const database = useDatabase()
  useEmptyLedger(database)

  const tablesOf = async (week: string) =>
    (
      await asOwner<{ name: string }>(
        database,
        `select relname as name from pg_class where relname like '%\\_' || $1 || '%' and relkind in ('r', 'p')
         order by relname`,
        [week],
      )
    ).map(({ name }) => name)
  const historyOf = async (week: string) =>
    (await tablesOf(week)).filter((name) => name.startsWith('execution_history'))
  const drop = async () =>
    onlyRow(
      (
        await database.node.pool.query<{ count: number }>(
          'select pgscript_engine.drop_expired_partitions() as count',
        )
      ).rows,
    ).count
  const ensure = async (weeks: number) =>
    onlyRow(
      (
        await database.node.pool.query<{ count: number }>(
          'select pgscript_engine.ensure_partitions($1) as count',
          [weeks],
        )
      ).rows,
    ).count

  test('are made ahead by a node, once, each with its policies and classes', async () => {
    const made = await ensure(6)
    expect(made).toBe(12)
    expect(await ensure(6)).toBe(0)
    const open = await asOwner(
      database,
      `select relname from pg_class where relname ~ '^execution_(history|log_batches|attempts)_'
       and relkind in ('r', 'p') and not (relrowsecurity and relforcerowsecurity)`,
    )
    expect(open).toEqual([])
  })

  test('are not waited for while somebody reads, and do not take what is read along', async () => {
    const reader = await openTransaction(database)
    await reader.run('select count(*) from pgscript.executions')
    const from = performance.now()
    // The tables that nobody reads get theirs.
    expect(await ensure(7)).toBe(5)
    expect(performance.now() - from).toBeLessThan(10_000)
    await reader.run('select count(*) from pgscript.executions')
    await reader.commit()
    expect(await ensure(7)).toBe(1)
  })

  test('hold an execution by its age and the class that its tenant has', async () => {
    const tenant = await givenTenant(database)
    const script = await givenScript(database, tenant)
    const classes: number[] = []
    for (const days of [7, 30, 90, 365]) {
      await asOwner(database, 'select pgscript.upsert_tenant($1, retention_days => $2)', [tenant.key, days])
      await givenExecutions(database, script)
      const claimed = await claimOne(database.node)
      await completeExecutions(database.node, [
        reportOn(claimed, { logs: '[{"level":"info","at":1,"message":"a"}]' }),
      ])
      const [row] = await asOwner<{ history: string; logs: string }>(
        database,
        `select history.tableoid::regclass::text as history, logs.tableoid::regclass::text as logs
         from pgscript_engine.execution_history as history
         join pgscript_engine.execution_log_batches as logs on logs.execution_id = history.id
         where history.id = $1`,
        [claimed.id],
      )
      expect(row?.history).toMatch(new RegExp(`_\\d{4}w\\d{2}_${days}$`))
      expect(row?.logs).toMatch(new RegExp(`_\\d{4}w\\d{2}_${days}$`))
      classes.push(days)
    }
    expect(classes).toHaveLength(4)
  })

  test('are dropped when the youngest execution in them has expired, class by class', async () => {
    const script = await givenScript(database, await givenTenant(database))
    const weeks: Record<number, string> = {}
    for (const weeksAgo of [1, 3, 6, 15, 54]) {
      weeks[weeksAgo] = await plantWeek(database, weeksAgo)
      await plantHistory(database, script, { weeksAgo, count: 5, days: 7 })
      await plantHistory(database, script, { weeksAgo, count: 5, days: 90 })
    }
    expect(await drop()).toBeGreaterThan(0)

    const left = async (weeksAgo: number) =>
      (await historyOf(weeks[weeksAgo] ?? '')).map((name) => name.split('_')[3] ?? 'week')
    // A week is over for seven days before its seven-day class is.
    expect(await left(1)).toEqual(['week', '30', '365', '7', '90'])
    expect(await left(3)).toEqual(['week', '30', '365', '90'])
    expect(await left(6)).toEqual(['week', '365', '90'])
    expect(await left(15)).toEqual(['week', '365'])
    // And the week itself with its last class: its tables do not pile up.
    expect(await left(54)).toEqual([])
    expect(await drop()).toBe(0)

    const { rows } = await database.owner.query<{ count: number }>(
      `select count(*)::int as count from pgscript_engine.execution_history where script_id = $1`,
      [script.id],
    )
    // Of class 7: the last week's. Of class 90: the three weeks younger than 90 days.
    expect(onlyRow(rows).count).toBe(5 + 15)
  })

  test('take what they held off the storage of their tenants', async () => {
    const tenant = await givenTenant(database)
    const script = await givenScript(database, tenant)
    await asOwner(database, 'select pgscript.upsert_tenant($1, retention_days => 7)', [tenant.key])
    await givenExecutions(database, script)
    await completeExecutions(database.node, [reportOn(await claimOne(database.node))])
    const storage = async () =>
      await asOwner<{ week: string; bytes: string }>(
        database,
        'select week::text, bytes from pgscript_engine.tenant_storage where tenant_id = $1',
        [tenant.id],
      )
    expect(Number((await storage())[0]?.bytes)).toBeGreaterThan(0)

    // As if that had been in a week that has expired.
    await plantWeek(database, 4)
    await database.owner.query(
      'update pgscript_engine.tenant_storage set week = week - 28 where tenant_id = $1',
      [tenant.id],
    )
    await drop()
    expect(await storage()).toEqual([])
  })

  test('wait for a reader half a second, harm it in nothing, and are dropped the next time', async () => {
    const week = await plantWeek(database, 60)
    const reader = await openTransaction(database)
    await reader.run(`select count(*) from pgscript_engine.execution_history_${week}_7`)
    const [whole] = await reader.run<{ count: string }>('select count(*) from pgscript.executions')

    await drop()
    expect(await tablesOf(week)).toContain(`execution_history_${week}_7`)
    expect(await reader.run('select count(*) from pgscript.executions')).toEqual([whole])
    await reader.commit()

    await drop()
    expect(await tablesOf(week)).toEqual([])
  })

  test('that are gone before an execution ends do not keep it for good', async () => {
    const tenant = await givenTenant(database)
    const script = await givenScript(database, tenant)
    // Asked for 60 weeks ago and finished lately: no partition of its week is left.
    await plantHistory(database, script, { weeksAgo: 60, count: 4, days: 30 })
    const stay = 'select from pgscript_engine.execution_history_other where tenant_id = $1'
    const finishedDaysAgo = async (days: number) =>
      await database.owner.query(
        `alter table pgscript_engine.execution_history disable trigger user;
         update pgscript_engine.execution_history set finished_at = now() - interval '${days} days'
           where tenant_id = '${tenant.id}';
         alter table pgscript_engine.execution_history enable trigger user;
         insert into pgscript_engine.execution_log_batches
           select tenant_id, id, retention_class, 1, 1, 1, '[]' from pgscript_engine.execution_history
           where tenant_id = '${tenant.id}' on conflict do nothing`,
      )
    const forget = async () =>
      onlyRow(
        (
          await database.node.pool.query<{ count: number }>(
            'select pgscript_engine.forget_stragglers() as count',
          )
        ).rows,
      ).count
    await finishedDaysAgo(29)
    expect(await forget()).toBe(0)
    expect(await asOwner(database, stay, [tenant.id])).toHaveLength(4)

    await finishedDaysAgo(31)
    expect(await forget()).toBe(4)
    expect(await asOwner(database, stay, [tenant.id])).toEqual([])
    const logs = 'select from pgscript_engine.execution_log_batches where tenant_id = $1'
    expect(await asOwner(database, logs, [tenant.id])).toEqual([])
  })

  test('are not needed for a result to be kept', async () => {
    const script = await givenScript(database, await givenTenant(database))
    const [id] = await givenExecutions(database, script)
    // An execution that waited for longer than its week is kept.
    const old = '0190a000-0000-7000-8000-00000000000a'
    await database.owner.query(
      `create temporary table moved as select * from pgscript_engine.live_executions where id = '${id}';
       delete from pgscript_engine.live_executions where id = '${id}';
       update moved set id = '${old}';
       insert into pgscript_engine.live_executions select * from moved`,
    )
    await completeExecutions(database.node, [reportOn(await claimOne(database.node))])
    expect(await findExecution(database, old)).toMatchObject({ status: 'completed' })
  })
})
