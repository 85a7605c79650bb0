import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { useDatabase } from '../support/use-database.ts'
import { givenNode } from '../support/use-ledger.ts'
import { drainSteps } from './drain-steps.ts'
import { emptyLedger } from './levers.ts'
import type { Model } from './model.ts'
import type { Real, Step } from './step.ts'
import { steps } from './steps.ts'
import { expectSame, givenModel } from './sync.ts'

const tenants = 3
const nodeNames = ['node-a', 'node-b', 'node-c']

describe('the ledger against its model', () => {
  const database = useDatabase()

  async function setup(): Promise<{ model: Model; real: Real }> {
    await emptyLedger(database)
    const nodes = await Promise.all(nodeNames.map((name) => givenNode(database, name)))
    return { model: await givenModel(database, tenants), real: { database, nodes } }
  }

  test('agrees with it after every step, whatever the steps', { timeout: 60_000 }, async () => {
    const property = fc.asyncProperty(
      fc.commands(steps.map(compared), { maxCommands: 60, size: 'max' }),
      async (commands) => {
        const { model, real } = await setup()
        await fc.asyncModelRun(() => ({ model, real }), commands)
        for (const last of drainSteps(model)) await compare(last).run(model, real)
        expect(model.executions.filter(({ status }) => status === 'pending' || status === 'running')).toEqual(
          [],
        )
      },
    )
    // Prints the seed and the shortest steps it found; give both back here to run them again.
    await fc.assert(property, { numRuns: 40, interruptAfterTimeLimit: 30_000 })
  })
})

function compared(arbitrary: fc.Arbitrary<Step>): fc.Arbitrary<Step> {
  return arbitrary.map(compare)
}

/** The step, and after it a look at everything. */
function compare(step: Step): Step {
  return {
    check: (model) => step.check(model),
    run: async (model, real) => {
      await step.run(model, real)
      await expectSame(real.database, model)
    },
    toString: () => String(step),
  }
}
