import type { RunScope } from '../bindings/binding.ts'
import type { ScriptApi } from '../bindings/script-api.ts'
import type { RunHooks, Sandbox, SandboxJob, SandboxResult } from '../sandbox/sandbox.ts'
import { createValueMask } from './mask-values.ts'
import { maskedLines, maskedResult } from './masked-result.ts'

/** Made once: an abort without a reason makes an error with a stack trace for each run. */
const runEnded = new DOMException('The execution has ended.', 'AbortError')

/**
 * Runs a job with the script API behind it, which ends with the run. Never rejects. Secrets that the run
 * has read are masked in its log, output and error: nobody behind here sees them.
 */
export async function runWithApi(
  { sandbox, api }: { sandbox: Sandbox; api: ScriptApi },
  job: SandboxJob,
  scope: Omit<RunScope, 'signal' | 'deadline' | 'onSecret'>,
  hooks: Pick<RunHooks, 'signal' | 'onLogs'>,
): Promise<SandboxResult> {
  const over = new AbortController()
  const mask = createValueMask()
  const deadline = performance.now() + job.limits.wallMs
  const run: RunScope = { ...scope, signal: over.signal, deadline, onSecret: mask.add }
  const calls = api.open(run)
  const { signal, onLogs } = hooks
  const result = await sandbox.run(job, {
    ...(signal && { signal }),
    ...(onLogs && { onLogs: (lines) => onLogs(maskedLines(mask, lines)) }),
    // What waited for a host does not count.
    onStart: () => {
      run.deadline = performance.now() + job.limits.wallMs
    },
    onCall: calls.call,
  })
  over.abort(runEnded)
  await calls.close()
  return maskedResult(mask, result)
}
