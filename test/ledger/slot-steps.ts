import fc from 'fast-check'
import { expect } from 'vitest'

import { query } from '../../src/database/database.ts'
import { index, nodeAt, pick, type Step, step } from './step.ts'

const reserve = fc
  .record({ node: index, script: index, wanted: fc.integer({ min: 0, max: 4 }) })
  .map((given) =>
    step('reserve', given, async (model, real, { node, script: at, wanted }) => {
      const script = pick(model.scripts, at)
      if (!script) return
      const { nodeId } = nodeAt(real, node)
      const room = script.owner.isSuspended ? 0 : Math.max(0, Math.min(wanted, model.roomOf(script)))
      const [row] = await query<{ slots: number; fence: string }>(
        nodeAt(real, node),
        `select slots, fence from pgscript_engine.reserve_slots($1, $2, $3, $4, '10 minutes')`,
        [nodeId, script.owner.id, script.id, wanted],
      )
      let held = model.slots.find((lease) => lease.nodeId === nodeId && lease.script === script)
      if (!held && room > 0) {
        held = { script, nodeId, slots: 0, fence: row?.fence ?? '', ended: false }
        model.slots.push(held)
      }
      if (held) {
        held.slots += room
        held.ended = false
      }
      expect(row).toEqual(held && { slots: held.slots, fence: held.fence })
    }),
  )

const giveBack = fc
  .record({
    lease: index,
    slots: fc.option(fc.integer({ min: 1, max: 3 })),
    wrongFence: fc.constantFrom(false, false, true),
  })
  .map((given) =>
    step('return', given, async (model, real, { lease: at, slots, wrongFence }) => {
      const lease = pick(model.slots, at)
      if (!lease) return
      const fence = wrongFence ? '-1' : lease.fence
      const [row] = await query<{ returned: boolean }>(
        nodeAt(real, 0),
        'select pgscript_engine.return_slots($1, $2, $3, $4, $5) as returned',
        [lease.nodeId, lease.script.owner.id, lease.script.id, fence, slots],
      )
      expect(row?.returned).toBe(!wrongFence)
      if (wrongFence) return
      lease.slots -= Math.min(slots ?? lease.slots, lease.slots)
      if (lease.slots === 0) model.slots.splice(model.slots.indexOf(lease), 1)
    }),
  )

const renew = fc.record({ node: index }).map((given) =>
  step('renewSlots', given, async (model, real, { node }) => {
    const { nodeId } = nodeAt(real, node)
    const leases = model.slots.filter((lease) => lease.nodeId === nodeId)
    const kept = await query<{ fence: string }>(
      nodeAt(real, node),
      `select fence from pgscript_engine.renew_slots($1, $2, $3, $4, '10 minutes') as fence`,
      [
        nodeId,
        leases.map(({ script }) => script.owner.id),
        leases.map(({ script }) => script.id),
        leases.map(({ fence }) => fence),
      ],
    )
    expect(kept.map(({ fence }) => fence).sort()).toEqual(leases.map(({ fence }) => fence).sort())
    for (const lease of leases) lease.ended = false
  }),
)

export const slotSteps: fc.Arbitrary<Step>[] = [reserve, reserve, giveBack, renew]
