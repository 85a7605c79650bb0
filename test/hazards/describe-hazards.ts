import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import type { SandboxIsolation, SandboxJob, SandboxResult } from '../../src/sandbox/sandbox.ts'
import { isAlive, isolations, job, pids, useSandbox } from '../sandbox/jobs.ts'
import { checkOf, type Hazard, hazardsOf } from './hazard.ts'
import { faultsOf, type HeardCall } from './hazard-end.ts'
import { type Health, watchHealth } from './health.ts'
import { type Found, probe } from './probe.ts'

/** The form that the check would give it; by hand for what the check refuses, as if it had not. */
function jobOf(hazard: Hazard, isolation: SandboxIsolation): SandboxJob {
  const { kind, name, source, limits, input } = hazard
  const tenantId = `${kind}/${name}`
  const plain = job(source, { tenantId, isolation, limits, input })
  const { compiled } = checkOf(hazard)
  const code = compiled?.code ?? plain.script.code
  return {
    ...plain,
    script: { ...plain.script, key: `${tenantId}/${isolation}`, fileName: `${name}.js`, code },
  }
}

/** What another tenant's script does all day, with an answer that can be told from any other. */
const canary = `export default async ({ numbers }) => {
  const { name } = JSON.parse(JSON.stringify({ name: 'canary' }))
  const sorted = await new Promise((resolve) => setTimeout(() => resolve([...numbers].sort()), 1))
  await sdk.cache.get('canary')
  return { [name]: sorted.map((number) => number ** 2), at: /(\\d+)/.exec('a 7 b')[1] }
}`

/**
 * Makes a test of each hazard of a kind and each isolation that it is meant for: it ends as its header says,
 * and then everything else is as if it had never been.
 */
export function describeHazards(kind: string): void {
  const hazards = hazardsOf(kind)
  const sandbox = useSandbox()
  const front = process.pid
  const hosts = new Set<number>()
  const held: (() => void)[] = []
  let calls: HeardCall[] = []
  let ends = 0
  /** How many probes ran in the isolate that the hazard had run in. */
  let again = 0
  let health: Health

  beforeAll(() => {
    health = watchHealth(() => {
      for (const pid of pids(sandbox.it)) hosts.add(pid)
      return pids(sandbox.it)
    })
  })
  afterAll(() => health.close())

  function answering({ answers }: Pick<Hazard, 'answers'>) {
    return {
      onCall(name: string, args: string): Promise<string> {
        calls.push({ name, args })
        const echo = JSON.stringify({ name, args: JSON.parse(args) })
        if (answers === 'at once') return Promise.resolve(echo)
        return new Promise((resolve) => {
          if (answers === 'after the end') held.push(() => resolve(echo))
        })
      },
    }
  }

  async function run(hazard: Hazard, isolation: SandboxIsolation): Promise<SandboxResult> {
    calls = []
    const result = await sandbox.it.run(jobOf(hazard, isolation), answering(hazard))
    expect(faultsOf(hazard, result, calls)).toEqual([])
    return result
  }

  async function expectCanary(isolation: SandboxIsolation): Promise<void> {
    const asked = performance.now()
    const options = { tenantId: 'canary', isolation, input: { numbers: [3, 1, 2] } }
    const result = await sandbox.it.run(job(canary, options), answering({ answers: 'at once' }))
    expect([result.status, result.output]).toEqual(['completed', '{"canary":[1,4,9],"at":"7"}'])
    expect(performance.now() - asked).toBeLessThan(5000)
  }

  describe.each(isolations)(`hazards of ${kind} with isolation %s`, (isolation) => {
    const meant = hazards.filter((hazard) => hazard.isolations.includes(isolation))
    const look = (tenantId: string, memoryMb: number, whole = false) =>
      probe(sandbox.it, { tenantId, isolation, memoryMb, whole }, () => {
        for (const answer of held.splice(0)) answer()
      })
    let untouched: Found
    beforeAll(async () => {
      untouched = await look('untouched', 64)
    })

    /** What a tenant finds who has never run anything, is what this one finds as well. */
    async function expectNothingLeft({ name, limits: { memoryMb } }: Hazard): Promise<void> {
      const before = sandbox.it.stats().warmHits
      const after = await look(`${kind}/${name}`, memoryMb)
      again += sandbox.it.stats().warmHits - before
      if (after.digest !== untouched.digest) {
        const { lines } = await look('untouched', 64, true)
        expect((await look(`${kind}/${name}`, memoryMb, true)).lines).toEqual(lines)
      }
      expect(after).toEqual(untouched)
    }

    test.for(meant.map((hazard) => [hazard.name, hazard] as const))('%s', async ([, hazard]) => {
      health.begin()
      const { status } = await run(hazard, isolation)
      await expectCanary(isolation)
      await expectNothingLeft(hazard)
      // The second time it may find what it has left the first time.
      if (status === 'completed') await run(hazard, isolation)
      expect(process.pid).toBe(front)
      expect(await health.faults(hazard.residentMb)).toEqual([])
      ends += 1
    })
  })

  test(`what the check says of ${kind}`, () => {
    for (const hazard of hazards) {
      const { state, findings } = checkOf(hazard)
      const errors = findings.filter(({ severity }) => severity === 'error').map(({ code }) => code)
      expect([hazard.name, state, errors]).toEqual([
        hazard.name,
        hazard.check === undefined ? 'accepted' : 'rejected',
        hazard.check === undefined ? [] : expect.arrayContaining([hazard.check]),
      ])
    }
  })

  test(`no host process is left of ${kind}, and none of its hazards was left out`, async () => {
    await sandbox.it.close()
    expect(hosts.size).toBeGreaterThan(0)
    expect([...hosts].filter(isAlive)).toEqual([])
    expect(Object.keys(Object.prototype)).toEqual([])
    expect(ends).toBe(hazards.reduce((sum, hazard) => sum + hazard.isolations.length, 0))
    // Some hazards cost their isolate; where none was used again, nothing has been shown.
    const completing = hazards.filter((hazard) => hazard.expect === 'completed').length
    expect(again).toBeGreaterThanOrEqual(completing)
  })
}
