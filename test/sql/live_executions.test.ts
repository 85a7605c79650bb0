import { describe, expect, test } from 'vitest'

import { asOwner } from '../support/call.ts'
import { givenExecutions } from '../support/given-executions.ts'
import { givenScriptOfItsOwn } from '../support/given-script.ts'
import { useDatabase } from '../support/use-database.ts'
import { claimOne, useEmptyLedger } from '../support/use-ledger.ts'

/** The state machine holds for whoever may write the table at all: these are the superuser's own updates. */
describe('pgscript_engine.live_executions', () => {
  const database = useDatabase()
  useEmptyLedger(database)

  const lease = "claimed_by = 'x', started_at = now(), lease_expires_at = now()"
  const noLease = 'claimed_by = null, started_at = null, lease_expires_at = null'
  const another = "'00000000-0000-7000-8000-000000000000'"

  const update = async (state: string, change: string) => {
    const script = await givenScriptOfItsOwn(database)
    const [id] = await givenExecutions(database, script)
    if (state === 'running') await claimOne(database.node)
    return await asOwner(
      database,
      `update pgscript_engine.live_executions set ${change} where id = $1 returning status, fence`,
      [id],
    )
  }

  test.each([
    ['pending', `status = 'running', fence = fence + 1, ${lease}`, 'running', 1],
    ['pending', 'priority = 5', 'pending', 0],
    ['running', `status = 'pending', ${noLease}`, 'pending', 1],
    ['running', "lease_expires_at = now() + interval '1 minute'", 'running', 1],
  ])('%s: allows %s', async (state, change, status, fence) => {
    expect(await update(state, change)).toEqual([{ status, fence }])
  })

  test.each([
    ['pending', `status = 'running', ${lease}`],
    ['pending', `status = 'running', fence = fence + 2, ${lease}`],
    ['pending', 'fence = fence + 1'],
    ['running', 'fence = fence + 1'],
    ['running', 'fence = fence - 1'],
    ['running', `status = 'pending', fence = fence + 1, ${noLease}`],
    ['running', "claimed_by = 'another node'"],
    ['pending', `id = ${another}`],
    ['running', `id = ${another}`],
    ['pending', `tenant_id = ${another}`],
    ['pending', `script_id = ${another}`],
    ['pending', 'version = 2'],
  ])('%s: refuses %s', async (state, change) => {
    await expect(update(state, change)).rejects.toMatchObject({ code: 'invalid_transition', status: 409 })
  })

  test.each([
    ['pending', "claimed_by = 'x'", 'live_executions_lease_only_while_running'],
    ['pending', `status = 'running', fence = fence + 1`, 'live_executions_lease_only_while_running'],
    ['running', 'lease_expires_at = null', 'live_executions_lease_only_while_running'],
    ['running', 'started_at = null', 'live_executions_lease_only_while_running'],
    ['running', `status = 'completed', ${noLease}`, 'live_executions_wait_or_run'],
    ['pending', "status = 'waiting'", 'live_executions_wait_or_run'],
  ])('%s: cannot store %s', async (state, change, constraint) => {
    await expect(update(state, change)).rejects.toMatchObject({ constraint })
  })
})
