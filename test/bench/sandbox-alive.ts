import { setTimeout as sleep } from 'node:timers/promises'

import { createSandbox, type SandboxJob } from '../../src/sandbox/sandbox.ts'
import type { BenchRow, Measurement } from './measure.ts'
import { bareAlive } from './support/bare.ts'
import { jobOf, pidsOf, residentMb, whenReady } from './support/sandbox-jobs.ts'

const count = 1000
const source = `$exports.default = async () => { await sdk.cache.get('k'); return 1 }`

interface Round {
  ms: number
  peakMb: number
}

/** A thousand executions alive at once, each awaiting a call of one second, from nothing but started hosts. */
export const sandboxAlive: BenchRow = {
  name: 'sandbox-alive',
  async run({ rounds }) {
    const bare: Round[] = []
    const own: Round[] = []
    const shared: Round[] = []
    for (let round = 0; round < rounds; round += 1) {
      bare.push(await bareAlive(count))
      own.push(await alive((run) => jobOf(source, { tenantId: String(run), isolation: 'isolate' })))
      shared.push(await alive(() => jobOf(source, { tenantId: 'one', isolation: 'realm', shared: true })))
    }
    return [...rows('isolates of their own', own, bare), ...rows('shared isolates', shared, bare)]
  },
}

function rows(how: string, ours: readonly Round[], peer: readonly Round[]): Measurement[] {
  const row = (what: string, unit: string, of: (round: Round) => number): Measurement => ({
    what: `${count} alive at once, ${how}: ${what}`,
    unit,
    ours: { rounds: ours.map(of) },
    peer: { name: `${count} bare isolates`, rounds: peer.map(of) },
  })
  return [
    row('until the last has ended', ' ms', ({ ms }) => ms),
    row('memory', ' MB', ({ peakMb }) => peakMb),
  ]
}

async function alive(jobFor: (run: number) => SandboxJob): Promise<Round> {
  const sandbox = await createSandbox({ hosts: 2, runsPerHost: count / 2, hostMemoryMb: 4096 })
  try {
    await whenReady(sandbox, 2)
    let peakMb = 0
    const watch = setInterval(() => {
      peakMb = Math.max(peakMb, residentMb(pidsOf(sandbox)))
    }, 50)
    const began = performance.now()
    const onCall = async () => {
      await sleep(1000)
      return 'null'
    }
    const results = await Promise.all(
      Array.from({ length: count }, (_, run) => sandbox.run(jobFor(run), { onCall })),
    )
    const ms = performance.now() - began
    clearInterval(watch)
    const failed = results.find(({ status }) => status !== 'completed')
    if (failed) throw new Error(JSON.stringify(failed))
    return { ms, peakMb }
  } finally {
    await sandbox.close()
  }
}
