import type { ScriptApi } from '../bindings/script-api.ts'
import type { Database } from '../database/database.ts'
import { judgeVersion } from '../queue/judge-version.ts'
import type { Sandbox, SandboxLogLine, SandboxMetrics, SandboxStatus } from '../sandbox/sandbox.ts'
import type { ScriptToCheck } from '../scripts/check.ts'
import type { Finding } from '../scripts/finding.ts'
import type { ScriptLanguage } from '../scripts/language.ts'
import type { ScriptService } from '../scripts/script-service.ts'
import { isolationOf } from './isolation.ts'
import { checkInput, sandboxLimits } from './limits.ts'
import { filesOf, linkLibraries } from './link-libraries.ts'
import type { Settings } from './load-version.ts'
import { runWithApi } from './run-with-api.ts'

export interface AdHocRun {
  fileName: string
  /** Found out from the source where it is undefined. */
  language: ScriptLanguage | undefined
  source: string
  /** JSON text. */
  input: string
  tenant: { id: string; key: string; name: string }
  limits: Record<string, number>
  settings: Settings
}

export interface AdHocResult {
  status: SandboxStatus
  output: unknown
  error: unknown
  logs: SandboxLogLine[]
  metrics: SandboxMetrics
}

export interface AdHocParts {
  database: Database
  sandbox: Sandbox
  scripts: ScriptService
  api: ScriptApi
}

const noMetrics: SandboxMetrics = { startMs: 0, durationMs: 0, cpuMs: 0, peakHeapBytes: 0, hostCalls: 0 }

/**
 * Checks and runs a source that is no saved script, in the real sandbox; nothing is recorded.
 *
 * @returns the result; a source that the check rejects gives `failed` with code `script_rejected` and the findings.
 * @throws {InvalidInputError} `input_too_large`
 */
export async function runAdHoc(
  { database, sandbox, scripts, api }: AdHocParts,
  { fileName, language, source, input, tenant, limits, settings }: AdHocRun,
): Promise<AdHocResult> {
  checkInput(input, limits)
  const name = fileName.replace(/\.m?[jt]s$/, '')
  const script: ScriptToCheck = {
    // It is not saved, so its file may be called anything.
    name: 'exec',
    source,
    type: 'one_off',
    language,
    config: { maxSourceBytes: limits.source_bytes },
  }
  const verdict = await judgeVersion(database, scripts, {
    tenantId: tenant.id,
    scriptId: null,
    version: null,
    script,
  })
  if (verdict.state === 'rejected') return rejected(verdict.findings, fileName)
  const { libraries, imports } = await linkLibraries(database, tenant.id, verdict.pins)
  const options = { source, fileName, language, libraries, imports } as const
  const { code, places } = await scripts.compile(options, tenant.id)
  const files = filesOf([{ fileName, source }, ...libraries], places)

  const executionId = crypto.randomUUID()
  const context = {
    tenant,
    organizationId: null,
    user: null,
    script: { id: null, name, version: 0, metadata: {}, tags: [] },
    executionId,
    attempt: 1,
    trigger: { type: 'manual' },
  }
  const job = {
    executionId,
    tenantId: tenant.id,
    script: { key: executionId, fileName, code, source, ...(files && { files }) },
    input,
    context: JSON.stringify(context),
    limits: sandboxLimits(limits),
    ...isolationOf(settings),
  }
  const scope = {
    tenantId: tenant.id,
    tenantKey: tenant.key,
    scriptId: null,
    scriptName: name,
    executionId,
    userId: null,
    limits,
    settings,
  }
  const { status, output, error, logs, metrics } = await runWithApi({ sandbox, api }, job, scope, {})
  return { status, output: output === null ? null : JSON.parse(output), error, logs, metrics }
}

function rejected(findings: readonly Finding[], fileName: string): AdHocResult {
  const [first] = findings.filter((finding) => finding.severity === 'error')
  const type = first?.code === 'syntax_error' ? 'SyntaxError' : 'Error'
  const message = first?.message ?? 'The script was rejected.'
  const { line, column, sourceLine, caret } = first ?? {}
  const before = caret === undefined ? undefined : sourceLine?.slice(0, caret - 1)
  const error = {
    code: 'script_rejected',
    type,
    message,
    stack: `${type}: ${message}${line === undefined ? '' : `\n    at ${fileName}:${line}:${column}`}`,
    ...(line !== undefined && { line, column }),
    ...(sourceLine !== undefined && { sourceLine }),
    ...(before !== undefined && { caret: `${before.replace(/[^\t]/g, ' ')}^` }),
    retryable: false,
    findings,
  }
  return { status: 'failed', output: null, error, logs: [], metrics: noMetrics }
}
