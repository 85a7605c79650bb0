import { describe, expect, test } from 'vitest'

import { createScriptApi } from '../../src/bindings/script-api.ts'
import { runWithApi } from '../../src/executor/run-with-api.ts'
import type {
  RunHooks,
  Sandbox,
  SandboxJob,
  SandboxLogLine,
  SandboxResult,
} from '../../src/sandbox/sandbox.ts'

const job = { limits: { wallMs: 1000 } } as SandboxJob
const scope = {
  tenantId: '1',
  tenantKey: 'one',
  scriptId: null,
  scriptName: 'test',
  executionId: '2',
  userId: null,
  limits: {},
  settings: {},
}
const metrics = { startMs: 0, durationMs: 0, cpuMs: 0, peakHeapBytes: 0, hostCalls: 0 }

/** A sandbox in which this runs instead of a script. */
function sandboxOf(script: (hooks: RunHooks) => Promise<Partial<SandboxResult>>): Sandbox {
  return {
    run: async (_: SandboxJob, hooks: RunHooks) => ({
      status: 'completed',
      output: null,
      error: null,
      logs: [],
      logsTruncated: false,
      metrics,
      ...(await script(hooks)),
    }),
  } as unknown as Sandbox
}

/** A part of the API that gives a secret. */
const api = createScriptApi({
  parts: [
    (run) => ({
      calls: {
        async 'secrets.get'() {
          run.onSecret?.('the secret value')
          return 'the secret value'
        },
      },
    }),
  ],
})

describe('a run with the script API', () => {
  test('shows none of the secrets that it has read, neither while it goes on nor in its result', async () => {
    const line: SandboxLogLine = {
      level: 'info',
      at: 1,
      message: 'it is the secret value',
      fields: { x: 'the secret value' },
    }
    const seen: SandboxLogLine[] = []
    const sandbox = sandboxOf(async ({ onCall, onLogs }) => {
      const value = JSON.parse((await onCall?.('secrets.get', '["x"]', Promise.resolve())) ?? 'null')
      onLogs?.([line])
      return { output: JSON.stringify({ value }), logs: [line] }
    })
    const result = await runWithApi({ sandbox, api }, job, scope, { onLogs: (lines) => seen.push(...lines) })
    const masked = { ...line, message: 'it is ***', fields: { x: '***' } }
    expect(result).toMatchObject({ output: '{"value":"***"}', logs: [masked] })
    expect(seen).toEqual([masked])
  })

  test('hides nothing that was not read as a secret, and nothing of other runs', async () => {
    const sandbox = sandboxOf(async () => ({ output: '"the secret value"' }))
    expect(await runWithApi({ sandbox, api }, job, scope, {})).toMatchObject({ output: '"the secret value"' })
  })

  test('is told of an unexpected error no more than that there was one', async () => {
    const failing = createScriptApi({
      parts: [
        () => ({
          calls: {
            async 'db.query'() {
              throw Object.assign(new Error('relation "pgscript_private.x" of 10.0.0.5'), { code: '42P01' })
            },
          },
        }),
      ],
    })
    const sandbox = sandboxOf(async ({ onCall }) => {
      await expect(onCall?.('db.query', '[]', Promise.resolve())).rejects.toMatchObject({
        code: 'internal_error',
        message: 'db.query: the call failed.',
      })
      await expect(onCall?.('db.query', '['.repeat(2000), Promise.resolve())).rejects.toMatchObject({
        code: 'invalid_arguments',
      })
      await expect(onCall?.('db.query', '{}', Promise.resolve())).rejects.toMatchObject({
        code: 'invalid_arguments',
      })
      await expect(onCall?.('toString', '[]', Promise.resolve())).rejects.toMatchObject({
        code: 'not_available',
      })
      return {}
    })
    expect(await runWithApi({ sandbox, api: failing }, job, scope, {})).toMatchObject({ status: 'completed' })
  })
})
