import type { AnalysisBlock } from '../config.ts'
import { analyze, isBlocked } from './analysis/analyze.ts'
import { checkExports, type ScriptType } from './check-exports.ts'
import { checkImports } from './check-imports.ts'
import { checkSchemas } from './check-schemas.ts'
import { type Finding, ScriptRefusedError, tooDeeplyNested } from './finding.ts'
import { readModule, type ScriptLanguage } from './language.ts'
import { checkName } from './name.ts'
import { normalizeSource } from './normalize.ts'
import type { JsonSchema } from './schema-hazards.ts'
import { type CompiledScript, compileModule } from './transform.ts'

export interface CheckConfig {
  /** The largest source, in bytes of UTF-8, that the tenant may save. */
  maxSourceBytes?: number | undefined
  /** From which severity on a finding of the analysis rejects; `none` unless given. */
  block?: AnalysisBlock | undefined
}

export interface ScriptToCheck {
  name: string
  source: string
  type: ScriptType
  /** Found out from the source when absent. */
  language?: ScriptLanguage | undefined
  config?: CheckConfig | undefined
  inputSchema?: JsonSchema | null | undefined
  outputSchema?: JsonSchema | null | undefined
}

export interface ScriptCheck {
  state: 'accepted' | 'rejected'
  findings: Finding[]
  /** Only of an accepted script. */
  compiled?: CompiledScript
}

export const defaultMaxSourceBytes = 256 * 1024

/**
 * Judges a script by its text, as hostile as it may be: it never throws and never runs any of it.
 *
 * Findings of severity `error` reject, and those that the operator blocks; the others are for the reader
 * and for approval rules.
 */
export function checkScript(script: ScriptToCheck): ScriptCheck {
  const { text, findings } = normalizeSource(script.source)
  const before = [...checkName(script.name), ...checkSize(text, script.config), ...findings]
  if (before.some(isError)) return { state: 'rejected', findings: before }
  try {
    return judge([...before], text, script)
  } catch (error) {
    return { state: 'rejected', findings: [...before, ...findingsOf(error)] }
  }
}

function judge(before: Finding[], text: string, script: ScriptToCheck): ScriptCheck {
  const { name, type, language } = script
  const module = readModule(text, language)
  const compiled = compileModule({ source: text, fileName: name }, module)
  const findings = [
    ...before,
    ...checkImports(text, compiled.imports),
    ...checkExports(text, module.program, compiled.exports, type),
    ...checkSchemas(type, script),
    ...analyze(module.javascript, module.program),
  ]
  const block = script.config?.block ?? 'none'
  if (findings.some((finding) => isBlocked(finding, block))) return { state: 'rejected', findings }
  return { state: 'accepted', findings, compiled }
}

function checkSize(text: string, config: CheckConfig = {}): Finding[] {
  const limit = config.maxSourceBytes ?? defaultMaxSourceBytes
  const bytes = Buffer.byteLength(text)
  if (bytes <= limit) return []
  const message = `The source has ${bytes} bytes; ${limit} are allowed. Shorten it, or raise the limit.`
  return [{ severity: 'error', code: 'source_too_large', message }]
}

function isError({ severity }: Finding): boolean {
  return severity === 'error'
}

/** Anything else is a bug of ours, and is not to look like a fault of the script. */
function findingsOf(error: unknown): readonly Finding[] {
  if (error instanceof ScriptRefusedError) return error.findings
  if (!(error instanceof RangeError)) throw error
  return [tooDeeplyNested]
}
