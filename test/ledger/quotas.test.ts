import { describe, expect, test } from 'vitest'

import { completeExecutions, failExecutions } from '../../src/executor/report-executions.ts'
import { asOwner } from '../support/call.ts'
import { givenExecutions } from '../support/given-executions.ts'
import { type GivenScript, givenScript } from '../support/given-script.ts'
import { givenTenant } from '../support/given-tenant.ts'
import { useDatabase } from '../support/use-database.ts'
import { claim, claimOne, failureOf, reportOn, useEmptyLedger } from '../support/use-ledger.ts'

describe('quotas', () => {
  const database = useDatabase()
  useEmptyLedger(database)

  async function givenQuotas(quotas: Record<string, number>): Promise<GivenScript> {
    const script = await givenScript(database, await givenTenant(database))
    await asOwner(database, 'select pgscript.upsert_tenant($1, quotas => $2)', [script.tenant.key, quotas])
    return script
  }
  const ask = async (script: GivenScript) =>
    await asOwner(database, "select pgscript.execute_script($1, $2, '{}')", [script.tenant.key, script.name])
  /** An hour later, as far as what was used is concerned. */
  const nextHour = async (script: GivenScript) =>
    await asOwner(
      database,
      `update pgscript_engine.tenant_usage set hour = hour - interval '1 hour' where tenant_id = $1`,
      [script.tenant.id],
    )

  test('executions_per_hour: what waits and what has started count, until the next hour', async () => {
    const script = await givenQuotas({ executions_per_hour: 3 })
    for (let count = 0; count < 3; count += 1) await ask(script)
    await expect(ask(script)).rejects.toMatchObject({ code: 'quota_exceeded' })
    const claimed = await claim(database.node, 3)
    await expect(ask(script)).rejects.toMatchObject({ code: 'quota_exceeded' })
    await completeExecutions(
      database.node,
      claimed.map((execution) => reportOn(execution)),
    )
    await expect(ask(script)).rejects.toThrow(/3 executions an hour/)

    await nextHour(script)
    await ask(script)
  })

  test('executions_per_hour: an execution that is tried again counts once', async () => {
    const script = await givenQuotas({ executions_per_hour: 2 })
    await givenExecutions(database, script, { maxAttempts: 5 })
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const failure = failureOf(await claimOne(database.node), { retryable: true, retryAfterSeconds: 0 })
      await failExecutions(database.node, [failure])
    }
    // It waits for its fourth attempt, and has started once.
    await ask(script)
    await expect(ask(script)).rejects.toMatchObject({ code: 'quota_exceeded' })
  })

  test('stored_bytes: refuses when input, output, errors and logs take that much', async () => {
    const script = await givenQuotas({ stored_bytes: 10_000 })
    await ask(script)
    const output = JSON.stringify(Array.from({ length: 4_000 }, (_, index) => index))
    await completeExecutions(database.node, [reportOn(await claimOne(database.node), { output })])
    await expect(ask(script)).rejects.toThrow(/10000 stored bytes/)
    await asOwner(database, "select pgscript.upsert_tenant($1, quotas => '{}')", [script.tenant.key])
    await ask(script)
  })

  test('touch nobody else', async () => {
    const full = await givenQuotas({ executions_per_hour: 1 })
    await ask(full)
    await expect(ask(full)).rejects.toMatchObject({ code: 'quota_exceeded' })
    await ask(await givenQuotas({ executions_per_hour: 1 }))
  })
})
