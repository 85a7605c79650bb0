import { readFileSync } from 'node:fs'
import { expect } from 'vitest'

import type { Sandbox, SandboxIsolation } from '../../src/sandbox/sandbox.ts'
import { job } from '../sandbox/jobs.ts'

const walker = readFileSync(new URL('../sandbox/realm/reachable.js', import.meta.url), 'utf8')
const source = `${walker}\n${readFileSync(new URL('./probe.js', import.meta.url), 'utf8')}`

export interface ProbeOptions {
  tenantId: string
  isolation: SandboxIsolation
  /** As the hazard's, or it would get another isolate. */
  memoryMb: number
  /** Whether all of what it finds is wanted, and not only its digest. */
  whole: boolean
}

export interface Found {
  /** What everyday code does. */
  seen: Record<string, unknown>
  /** What holds the marker that hazards try to leave. */
  found: string[]
  /** Of everything that a script can reach. */
  digest: number
  lines: string[]
}

/**
 * What an execution of the tenant finds, and that nothing but itself runs meanwhile.
 *
 * @param onStart when it has begun: the time for what was kept back to come
 */
export async function probe(sandbox: Sandbox, options: ProbeOptions, onStart: () => void): Promise<Found> {
  const { tenantId, isolation, memoryMb, whole } = options
  const calls: string[] = []
  const limits = { memoryMb, outputBytes: 4_000_000, wallMs: 30_000, cpuMs: 20_000 }
  const { error, output, logs } = await sandbox.run(
    job(source, { tenantId, isolation, input: { whole }, limits }),
    {
      onStart,
      onCall: async (name, args) => {
        calls.push(name + args)
        return 'null'
      },
    },
  )
  expect(error).toBeNull()
  expect([logs, calls]).toEqual([[], ['cache.get["probe"]']])
  return JSON.parse(output ?? '') as Found
}
