import type { ScriptApi } from '../bindings/script-api.ts'
import { hasHugeNumber, isStorableJson, storableJson } from '../database/storable-json.ts'
import { InvalidInputError } from '../errors.ts'
import type { Logger } from '../log.ts'
import type { RunHooks, Sandbox, SandboxJob, SandboxLogLine, SandboxResult } from '../sandbox/sandbox.ts'
import { ScriptRefusedError } from '../scripts/finding.ts'
import type { ClaimedExecution } from './claim-executions.ts'
import { isolationOf } from './isolation.ts'
import { checkInput, sandboxLimits } from './limits.ts'
import type { LoadedUser, UserLoader } from './load-user.ts'
import type { RunnableVersion, VersionLoader } from './load-version.ts'
import type { Report } from './report-executions.ts'
import { runWithApi } from './run-with-api.ts'
import type { FinishedExecution } from './waiters.ts'

/** What a script knows of its run; frozen before it sees it. */
function contextOf(execution: ClaimedExecution, version: RunnableVersion, carried: LoadedUser | null) {
  return {
    tenant: { id: execution.tenant_id, key: version.tenantKey, name: version.tenantName },
    organizationId: carried?.organizationId ?? version.organizationId,
    user: carried?.user ?? null,
    script: {
      id: execution.script_id,
      name: version.scriptName,
      version: execution.version,
      metadata: version.metadata,
      tags: version.tags,
    },
    executionId: execution.id,
    attempt: execution.attempt,
    trigger: triggerOf(execution),
  }
}

/** Events know their publisher too, but what they run is the tenant's. */
const triggersOfUsers: readonly string[] = ['manual', 'api']

function userOf({ trigger_type: type, user_id: id }: ClaimedExecution): string | null {
  return triggersOfUsers.includes(type) ? id : null
}

/** What caused it, as far as its trigger has a cause. */
function triggerOf({ trigger_type: type, cause }: ClaimedExecution) {
  const { event } = cause
  return event === undefined ? { type } : { type, event }
}

export function jobOf(
  execution: ClaimedExecution,
  version: RunnableVersion,
  carried: LoadedUser | null,
): SandboxJob {
  const { key, fileName, code, source, compiled, files } = version
  return {
    executionId: execution.id,
    tenantId: execution.tenant_id,
    script: { key, fileName, code, source, ...(compiled && { compiled }), ...(files && { files }) },
    input: execution.input,
    context: JSON.stringify(contextOf(execution, version, carried)),
    limits: sandboxLimits(version.limits),
    ...isolationOf(version.settings),
  }
}

export interface ExecutionRun {
  result: SandboxResult
  /** Null where the version could not be read. */
  scriptName: string | null
}

/**
 * Runs one claimed execution in the sandbox.
 *
 * Never rejects: whatever goes wrong is the result. `lost` means that the sandbox host died through
 * no fault of this run.
 */
export async function runExecution(
  parts: { sandbox: Sandbox; versions: VersionLoader; users: UserLoader; api: ScriptApi; logger: Logger },
  execution: ClaimedExecution,
  hooks: Pick<RunHooks, 'signal' | 'onLogs'>,
): Promise<ExecutionRun> {
  const { sandbox, versions, users, api, logger } = parts
  let version: RunnableVersion
  let carried: LoadedUser | null
  try {
    const { tenant_id: tenantId, script_id: scriptId } = execution
    const userId = userOf(execution)
    ;[version, carried] = await Promise.all([
      versions.load({ tenantId, scriptId, version: execution.version }),
      userId === null ? null : users.load({ tenantId, userId }),
    ])
  } catch (error) {
    logger.warn({ err: error, execution_id: execution.id }, 'a version or its user could not be loaded')
    return { result: cannotLoad(error), scriptName: null }
  }
  const refused = refusedInput(execution, version)
  if (refused !== null) return { result: refused, scriptName: version.scriptName }
  const scope = {
    tenantId: execution.tenant_id,
    tenantKey: version.tenantKey,
    scriptId: execution.script_id,
    scriptName: version.scriptName,
    executionId: execution.id,
    userId: execution.user_id,
    limits: version.limits,
    settings: version.settings,
  }
  const result = await runWithApi({ sandbox, api }, jobOf(execution, version, carried), scope, hooks)
  return { result, scriptName: version.scriptName }
}

/** Publishing judges an event by its tenant's limits; its scripts may take less, each for itself. */
function refusedInput(execution: ClaimedExecution, { limits }: RunnableVersion): SandboxResult | null {
  if (execution.trigger_type !== 'event') return null
  try {
    checkInput(execution.input, limits)
    return null
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error
    return failed({ code: error.code, type: 'LimitError', message: error.message })
  }
}

const noMetrics = { startMs: 0, durationMs: 0, cpuMs: 0, peakHeapBytes: 0, hostCalls: 0 }

/** Of an execution for which there was no slot in time. */
export const notBegun: ExecutionRun = {
  result: {
    status: 'refused',
    output: null,
    error: null,
    logs: [],
    logsTruncated: false,
    metrics: noMetrics,
  },
  scriptName: null,
}

/** The result as the ledger stores it: JSON that jsonb can hold, with the log lines it does not have yet. */
export function reportOf(
  execution: ClaimedExecution,
  result: SandboxResult,
  unwritten: readonly SandboxLogLine[],
): Report {
  const lease = { tenantId: execution.tenant_id, id: execution.id, fence: execution.fence }
  const metrics = JSON.stringify(result.metrics)
  const logs = storableJson(JSON.stringify(unwritten))
  const fault = result.output === null ? undefined : faultOf(result.output)
  if (fault !== undefined) {
    const error = JSON.stringify({ ...unstorableOutput, message: `The output holds ${fault}.` })
    return { ...lease, status: 'failed', output: null, error, metrics, logs }
  }
  return {
    ...lease,
    status: result.status === 'lost' || result.status === 'refused' ? 'failed' : result.status,
    output: result.output,
    error: result.error && storableJson(JSON.stringify(result.error)),
    metrics,
    logs,
  }
}

/** The report with what else its readers get, for callers that wait in this process. */
export function finishedExecution(
  execution: ClaimedExecution,
  script: string | null,
  report: Report,
  lines: readonly SandboxLogLine[],
  finishedAt: Date,
): FinishedExecution {
  const { id, status, output, error, metrics } = report
  return {
    id,
    script,
    version: execution.version,
    status,
    triggerType: execution.trigger_type,
    attempt: execution.attempt,
    createdAt: execution.created_at,
    runAt: execution.run_at,
    startedAt: execution.started_at,
    finishedAt,
    output,
    error,
    logs: storableJson(JSON.stringify(lines)),
    metrics,
  }
}

const unstorableOutput = {
  code: 'output_not_serializable',
  type: 'TypeError',
  stack: '',
  retryable: false,
}

function faultOf(output: string): string | undefined {
  if (!isStorableJson(output)) {
    return 'a NUL character (\\u0000) or half of a surrogate pair, which PostgreSQL cannot store; remove it or encode the text as base64'
  }
  // Refused in the sandbox already, whose hosts are not believed.
  return hasHugeNumber(output)
    ? 'a number beyond what JavaScript can hold (1.8e308); return it as a string'
    : undefined
}

/** A refused version is the script's end; anything else is the node's trouble and another may do better. */
function cannotLoad(cause: unknown): SandboxResult {
  if (cause instanceof ScriptRefusedError) {
    return failed({ code: 'version_refused', type: 'SyntaxError', message: cause.message })
  }
  return { ...failed(null), status: 'lost' }
}

/** What failed before the sandbox was entered, and would again. */
function failed(error: { code: string; type: string; message: string } | null): SandboxResult {
  return {
    status: 'failed',
    output: null,
    error: error && { ...error, stack: '', retryable: false },
    logs: [],
    logsTruncated: false,
    metrics: { ...noMetrics },
  }
}
