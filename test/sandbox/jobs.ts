import { afterAll, beforeAll } from 'vitest'

import {
  createSandbox,
  type Sandbox,
  type SandboxEvent,
  type SandboxIsolation,
  type SandboxJob,
  type SandboxLimits,
  type SandboxOptions,
} from '../../src/sandbox/sandbox.ts'

export const limits: SandboxLimits = {
  wallMs: 10_000,
  cpuMs: 5000,
  memoryMb: 64,
  outputBytes: 1_000_000,
  logLines: 100,
  logBytes: 10_000,
  hostCalls: 20,
}

export const isolations: readonly SandboxIsolation[] = ['realm', 'context', 'isolate']

export interface JobOptions {
  isolation?: SandboxIsolation
  seed?: string
  startedAt?: number
  tenantId?: string
  input?: unknown
  context?: unknown
  limits?: Partial<SandboxLimits>
}

/** A job whose script is `source`, written with one `export default` that is put into the form by hand. */
export function job(source: string, options: JobOptions = {}): SandboxJob {
  const body = source.replace('export default', '$exports.default =')
  const { tenantId = 'tenant-a', isolation, seed, startedAt } = options
  return {
    ...(isolation && { isolation }),
    ...(seed !== undefined && { seed }),
    ...(startedAt !== undefined && { startedAt }),
    executionId: 'execution',
    tenantId,
    script: {
      key: `${tenantId}/${source}`,
      fileName: 'hello.js',
      code: `(async function ($import, $exports) { 'use strict';\n${body}\n})`,
      source,
    },
    input: JSON.stringify(options.input ?? null),
    context: JSON.stringify(options.context ?? {}),
    limits: { ...limits, ...options.limits },
  }
}

/** A sandbox for the tests of one file, closed after them. */
export function useSandbox(options: Partial<SandboxOptions> = {}) {
  const opened: { sandbox?: Sandbox } = {}
  const events: SandboxEvent[] = []
  beforeAll(async () => {
    opened.sandbox = await createSandbox({
      hosts: 2,
      runsPerHost: 4,
      hostMemoryMb: 1024,
      onEvent: (event) => events.push(event),
      ...options,
    })
  })
  afterAll(() => opened.sandbox?.close())
  return {
    events,
    get it(): Sandbox {
      if (opened.sandbox === undefined) throw new Error('The sandbox is not open.')
      return opened.sandbox
    },
  }
}

/** Waits for a condition that another process brings about. */
export async function until(condition: () => boolean, deadlineMs = 10_000): Promise<void> {
  const deadline = performance.now() + deadlineMs
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`Not within ${deadlineMs} ms: ${condition}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

export function pids(sandbox: Sandbox): number[] {
  return sandbox.stats().hosts.map((host) => host.pid)
}

export function allReady(sandbox: Sandbox, hosts: number): () => boolean {
  return () => sandbox.stats().hosts.filter((host) => host.state === 'ready').length === hosts
}
