import { describe, expect, test } from 'vitest'

import { deregisterNode } from '../../../src/database/node-registry.ts'
import { findExecution, givenExecutions } from '../../support/given-executions.ts'
import { givenScriptOfItsOwn } from '../../support/given-script.ts'
import { useDatabase } from '../../support/use-database.ts'
import { claimOne, givenNode, useEmptyLedger } from '../../support/use-ledger.ts'

describe('pgscript_engine.deregister_node', () => {
  const database = useDatabase()
  useEmptyLedger(database)

  test('gives back what the node still holds, for nobody looks under a name that is gone', async () => {
    const [id = ''] = await givenExecutions(database, await givenScriptOfItsOwn(database))
    const node = await givenNode(database, 'leaving')
    await claimOne(node)

    await deregisterNode(node)

    expect(await findExecution(database, id)).toMatchObject({ status: 'pending', attempt: 0, takeovers: 1 })
    const { rows } = await database.owner.query(
      'select running from pgscript_engine.tenant_slots where running <> 0',
    )
    expect(rows).toEqual([])
  })
})
