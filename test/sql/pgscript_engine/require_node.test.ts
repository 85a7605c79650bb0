import { describe, expect, test } from 'vitest'

import { deregisterNode } from '../../../src/database/node-registry.ts'
import { givenExecutions } from '../../support/given-executions.ts'
import { givenScriptOfItsOwn } from '../../support/given-script.ts'
import { useDatabase } from '../../support/use-database.ts'
import { givenNode, useEmptyLedger } from '../../support/use-ledger.ts'

/** The node's login alone: what SQL would have that somehow ran under it. */
describe('without the capability of a registered node', () => {
  const database = useDatabase()
  useEmptyLedger(database)

  const readers = [
    ['executions and their input', "select from pgscript_engine.claim_executions($1, 10, '1 hour')"],
    ['sources that wait to be checked', 'select from pgscript_engine.unchecked_versions($1, 10)'],
  ] as const

  test.each(readers)('the login cannot get at %s', async (_, sql) => {
    await givenExecutions(database, await givenScriptOfItsOwn(database))
    for (const guess of ['', 'a guess', database.node.nodeId, null]) {
      await expect(database.node.pool.query(sql, [guess])).rejects.toMatchObject({
        code: 'PS403',
        constraint: 'capability_refused',
      })
    }
    await expect(database.node.pool.query(sql, [database.node.capability])).resolves.toBeDefined()
  })

  test('the login cannot get at the source of a version', async () => {
    const script = await givenScriptOfItsOwn(database)
    const load = (capability: string) =>
      database.node.pool.query('select source from pgscript_engine.load_version($1, $2, $3, 1)', [
        capability,
        script.tenant.id,
        script.id,
      ])
    await expect(load('a guess')).rejects.toMatchObject({ constraint: 'capability_refused' })
    expect((await load(database.node.capability)).rowCount).toBe(1)
  })

  test('nor with that of a node that has left', async () => {
    const node = await givenNode(database, 'leaver')
    await deregisterNode(node)
    await expect(
      database.node.pool.query("select from pgscript_engine.claim_executions($1, 1, '1 hour')", [
        node.capability,
      ]),
    ).rejects.toMatchObject({ constraint: 'capability_refused' })
  })
})
