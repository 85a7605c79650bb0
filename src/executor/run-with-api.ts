import type { RunScope } from '../bindings/binding.ts'
import type { ScriptApi } from '../bindings/script-api.ts'
import type { RunHooks, Sandbox, SandboxJob, SandboxResult } from '../sandbox/sandbox.ts'

/** Runs a job with the script API behind it, which ends with the run. Never rejects. */
export async function runWithApi(
  { sandbox, api }: { sandbox: Sandbox; api: ScriptApi },
  job: SandboxJob,
  scope: Omit<RunScope, 'signal' | 'deadline'>,
  hooks: Pick<RunHooks, 'signal' | 'onLogs'>,
): Promise<SandboxResult> {
  const over = new AbortController()
  const run = { ...scope, signal: over.signal, deadline: performance.now() + job.limits.wallMs }
  const calls = api.open(run)
  const result = await sandbox.run(job, {
    ...hooks,
    // What waited for a host does not count.
    onStart: () => {
      run.deadline = performance.now() + job.limits.wallMs
    },
    onCall: calls.call,
  })
  over.abort()
  await calls.close()
  return result
}
