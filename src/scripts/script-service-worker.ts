import { parentPort } from 'node:worker_threads'

import { checkScript, type ScriptCheck, type ScriptToCheck } from './check.ts'
import { type Finding, ScriptRefusedError } from './finding.ts'
import { type CompiledScript, type CompileOptions, compileScript } from './transform.ts'

/** What the service asks of its thread, one piece at a time. */
export type Work = { kind: 'check'; script: ScriptToCheck } | { kind: 'compile'; options: CompileOptions }

export type Result = { kind: 'check'; check: ScriptCheck } | { kind: 'compile'; compiled: CompiledScript }

/** Cloning keeps the class of JavaScript's own errors, but not of ours: a refusal travels as its findings. */
export type Reply = 'ready' | { result: Result } | { refused: readonly Finding[] } | { failure: unknown }

function perform(work: Work): Result {
  if (work.kind === 'check') return { kind: work.kind, check: checkScript(work.script) }
  return { kind: work.kind, compiled: compileScript(work.options) }
}

function replyTo(work: Work): Reply {
  try {
    return { result: perform(work) }
  } catch (error) {
    return error instanceof ScriptRefusedError ? { refused: error.findings } : { failure: error }
  }
}

function reply(message: Reply): void {
  parentPort?.postMessage(message)
}

parentPort?.on('message', (work: Work) => reply(replyTo(work)))
reply('ready')
