import { readFileSync } from 'node:fs'

import type { Sandbox, SandboxJob } from '../../../src/sandbox/sandbox.ts'

/** Small JSON in and out, and state that must be new each time. */
export const helloSource =
  'let count = 0\n$exports.default = (input) => ({ hello: input.name, count: (count += 1) })'
export const helloInput = '{"name":"world"}'
export const helloOutput = '{"hello":"world","count":1}'

export function jobOf(
  source: string,
  options: Pick<SandboxJob, 'tenantId' | 'isolation' | 'shared'>,
): SandboxJob {
  return {
    executionId: 'execution',
    ...options,
    script: {
      key: `${options.tenantId}/${options.isolation}/${source}`,
      fileName: 'hello.js',
      code: `(async function ($import, $exports) { 'use strict';\n${source}\n})`,
      source,
    },
    input: helloInput,
    context: '{"tenant":{"id":"1","key":"a","name":"A"},"trigger":{"type":"http"}}',
    limits: {
      wallMs: 60_000,
      cpuMs: 60_000,
      memoryMb: 64,
      outputBytes: 1_000_000,
      logLines: 100,
      logBytes: 10_000,
      hostCalls: 20,
    },
  }
}

export function residentMb(pids: readonly number[]): number {
  const bytes = pids.map((pid) => {
    try {
      return Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * 4096
    } catch {
      return 0
    }
  })
  return bytes.reduce((sum, each) => sum + each, 0) / 2 ** 20
}

/** Processor time of a process, in milliseconds; 0 once it is gone. */
export function cpuMsOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) * 10
  } catch {
    return 0
  }
}

export const pidsOf = (sandbox: Sandbox) => sandbox.stats().hosts.map(({ pid }) => pid)

export function percentiles(values: readonly number[]): { p50: number; p99: number } {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  return { p50: at(0.5), p99: at(0.99) }
}

/** Until all hosts take runs. */
export async function whenReady(sandbox: Sandbox, hosts: number): Promise<void> {
  const ready = () => sandbox.stats().hosts.filter(({ state }) => state === 'ready').length
  while (ready() < hosts) await new Promise((resolve) => setTimeout(resolve, 10))
}
