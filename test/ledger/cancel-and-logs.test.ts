import { describe, expect, test } from 'vitest'

import { query } from '../../src/database/database.ts'
import { completeExecutions, releaseExecutions } from '../../src/executor/report-executions.ts'
import { as, asOwner, auditOf } from '../support/call.ts'
import { findExecution, givenExecutions } from '../support/given-executions.ts'
import { type GivenScript, givenScript } from '../support/given-script.ts'
import { givenTenant, identityIn } from '../support/given-tenant.ts'
import { useDatabase } from '../support/use-database.ts'
import {
  claim,
  claimOne,
  givenNode,
  loseNode,
  reportOn,
  requeueLost,
  useEmptyLedger,
} from '../support/use-ledger.ts'

describe('while it waits or runs, an execution', () => {
  const database = useDatabase()
  useEmptyLedger(database)

  const givenOne = async () => await givenScript(database, await givenTenant(database))
  const cancel = async (script: GivenScript, id: string | undefined, permissions?: string[]) =>
    (
      await as<{ status: string }>(
        database,
        identityIn(script.tenant, permissions),
        'select pgscript.cancel_execution(null, $1) as status',
        [id],
      )
    )[0]?.status
  const reschedule = async (
    script: GivenScript,
    id: string | undefined,
    runIn: string,
    permissions?: string[],
  ) =>
    await as(
      database,
      identityIn(script.tenant, permissions),
      'select pgscript.reschedule_execution(null, $1, now() + $2::interval)',
      [id, runIn],
    )

  describe('is cancelled', () => {
    test('at once while it waits, and on the record', async () => {
      const script = await givenOne()
      const [id] = await givenExecutions(database, script)
      expect(await cancel(script, id)).toBe('cancelled')
      expect(await findExecution(database, id ?? '')).toMatchObject({
        status: 'cancelled',
        node_id: null,
        error: null,
      })
      expect(await claim(database.node, 5)).toEqual([])
      expect((await auditOf(database, id ?? '')).map(({ action }) => action)).toEqual(['execution.cancelled'])
      expect(await cancel(script, id)).toBe('cancelled')
    })

    test('by the node that runs it, which is told once', async () => {
      const script = await givenOne()
      await givenExecutions(database, script)
      const listener = await database.owner.connect()
      const told: (string | undefined)[] = []
      listener.on('notification', ({ payload }) => told.push(payload))
      await listener.query('listen pgscript_cancel')
      const claimed = await claimOne(database.node)
      expect(await cancel(script, claimed.id)).toBe('running')
      expect(await cancel(script, claimed.id)).toBe('running')
      await listener.query('unlisten *')
      listener.release()
      expect(told).toEqual([`${database.node.nodeId} ${claimed.id}`])
    })

    test('where its node drains, or is lost, instead of being run again', async () => {
      const script = await givenOne()
      await givenExecutions(database, script, { count: 2 })
      const node = await givenNode(database, 'leaving')
      const [drained, lost] = await claim(node, 2)
      if (!drained || !lost) throw new Error('two were claimed')
      for (const { id } of [drained, lost]) await cancel(script, id)
      expect(await releaseExecutions(node, [reportOn(drained)], false)).toBe(0)
      await loseNode(database, node)
      expect(await requeueLost(database)).toBe(0)
      for (const { id } of [drained, lost])
        expect(await findExecution(database, id)).toMatchObject({ status: 'cancelled', error: null })
    })

    test('by nobody without scripts.execute, and by nobody else', async () => {
      const script = await givenOne()
      const [id] = await givenExecutions(database, script)
      await expect(cancel(script, id, ['executions.read'])).rejects.toMatchObject({
        code: 'permission_denied',
      })
      const stranger = await givenOne()
      await expect(cancel(stranger, id)).rejects.toMatchObject({ code: 'execution_not_found' })
      expect(await findExecution(database, id ?? '')).toMatchObject({ status: 'pending' })
    })
  })

  test('is put off and brought forward while it waits, and not once it has begun', async () => {
    const script = await givenOne()
    const [id] = await givenExecutions(database, script)
    await reschedule(script, id, '1 hour')
    expect(await claim(database.node, 1)).toEqual([])
    await expect(reschedule(script, id, '0', ['executions.read'])).rejects.toMatchObject({
      code: 'permission_denied',
    })
    await reschedule(script, id, '0')
    expect(await claim(database.node, 1)).toHaveLength(1)
    await expect(reschedule(script, id, '1 hour')).rejects.toMatchObject({ code: 'execution_not_waiting' })
    expect((await auditOf(database, id ?? '')).map(({ action }) => action)).toEqual([
      'execution.rescheduled',
      'execution.rescheduled',
    ])
  })

  describe('writes its log', () => {
    const append = async (
      nodeId: string,
      execution: { tenant_id: string; id: string; fence: number },
      batch: number,
    ) =>
      (
        await query<{ kept: number }>(
          database.node,
          `select pgscript_engine.append_logs($1, array[$2]::uuid[], array[$3]::uuid[], array[$4]::int[],
             array[$5]::int[], array[$6]::jsonb[]) as kept`,
          [nodeId, execution.tenant_id, execution.id, execution.fence, batch, lines(`batch ${batch}`)],
        )
      )[0]?.kept
    const lines = (message: string) => JSON.stringify([{ level: 'info', at: 1, message }])
    const logOf = async (script: GivenScript, id: string) =>
      await as<{ fence: number; message: string }>(
        database,
        identityIn(script.tenant),
        `select fence, message from pgscript.execution_logs where execution_id = $1 order by fence, batch, line`,
        [id],
      )

    test('batch by batch, to be read while it runs, and once each', async () => {
      const script = await givenOne()
      await givenExecutions(database, script)
      const claimed = await claimOne(database.node)
      const { nodeId } = database.node
      expect(await append(nodeId, claimed, 1)).toBe(1)
      expect(await append(nodeId, claimed, 0)).toBe(1)
      expect(await append(nodeId, claimed, 0)).toBe(0)
      expect((await logOf(script, claimed.id)).map(({ message }) => message)).toEqual(['batch 0', 'batch 1'])
      await completeExecutions(database.node, [reportOn(claimed, { logs: lines('the end') })])
      expect((await logOf(script, claimed.id)).map(({ message }) => message)).toEqual([
        'batch 0',
        'batch 1',
        'the end',
      ])
      expect(await append(nodeId, claimed, 2)).toBe(0)
    })

    test('and what it writes counts as stored', async () => {
      const script = await givenOne()
      await givenExecutions(database, script)
      const claimed = await claimOne(database.node)
      const stored = async () =>
        (
          await asOwner<{ bytes: number }>(
            database,
            `select coalesce(sum(bytes), 0)::int as bytes from pgscript_engine.tenant_storage where tenant_id = $1`,
            [script.tenant.id],
          )
        )[0]?.bytes ?? 0
      await append(database.node.nodeId, claimed, 0)
      const once = await stored()
      expect(once).toBeGreaterThan(20)
      await append(database.node.nodeId, claimed, 0)
      expect(await stored()).toBe(once)
      await append(database.node.nodeId, claimed, 1)
      expect(await stored()).toBe(2 * once)
    })

    test('apart from the one of an attempt that was lost, whose node writes no more', async () => {
      const script = await givenOne()
      await givenExecutions(database, script)
      const node = await givenNode(database, 'logging')
      const first = await claimOne(node)
      await append(node.nodeId, first, 0)
      await loseNode(database, node)
      expect(await requeueLost(database)).toBe(1)
      expect(await append(node.nodeId, first, 1)).toBe(0)
      const second = await claimOne(database.node)
      expect(await append(node.nodeId, first, 1)).toBe(0)
      await append(database.node.nodeId, second, 0)
      expect(await logOf(script, first.id)).toEqual([
        { fence: 1, message: 'batch 0' },
        { fence: 2, message: 'batch 0' },
      ])
    })
  })
})
