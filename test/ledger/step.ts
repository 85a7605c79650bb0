import fc from 'fast-check'

import type { Database } from '../../src/database/database.ts'
import type { TestDatabase } from '../support/use-database.ts'
import type { Claim, Model, ModelExecution } from './model.ts'

export interface Real {
  database: TestDatabase
  nodes: Database[]
}

export type Step = fc.AsyncCommand<Model, Real>

/** A command of fast-check: does the same to both, and compares the answers. */
export function step<Arguments>(
  name: string,
  given: Arguments,
  run: (model: Model, real: Real, given: Arguments) => Promise<void>,
): Step {
  return {
    check: () => true,
    run: async (model, real) => await run(model, real, given),
    toString: () => `${name}(${JSON.stringify(given)})`,
  }
}

/** Which one, of however many there are then. */
export const index = fc.nat({ max: 1000 })
export const indexes = fc.array(index, { minLength: 1, maxLength: 6 })

export function pick<T>(from: readonly T[], at: number): T | undefined {
  return from[at % Math.max(1, from.length)]
}

export function nodeAt(real: Real, at: number): Database {
  const node = pick(real.nodes, at)
  if (!node) throw new Error('there are no nodes')
  return node
}

export function executionOf(model: Model, id: string): ModelExecution {
  const execution = model.byId(id)
  if (!execution) throw new Error(`nobody asked for ${id}`)
  return execution
}

/** Of claims that are named, those that count, each execution once. */
export function heldOnce(model: Model, claims: readonly Claim[]): ModelExecution[] {
  const held = claims.filter((each) => model.isHeld(each)).map(({ execution }) => execution)
  return [...new Set(held)]
}

export function rightOf({ execution, fence }: Claim) {
  return { tenant_id: execution.script.owner.id, id: execution.id, fence }
}

export function leaseOf({ execution, fence }: Claim) {
  return { tenantId: execution.script.owner.id, id: execution.id, fence }
}
