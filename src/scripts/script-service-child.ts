import { Worker } from 'node:worker_threads'

import { checkScript, type ScriptCheck, type ScriptToCheck } from './check.ts'
import { compileLinked, type LinkedCompileOptions, type LinkedScript } from './compile-linked.ts'
import { type Finding, ScriptRefusedError } from './finding.ts'
import { isStripperBroken } from './strip-types.ts'

/** What the service asks of its process, one piece at a time, after it has said `ready`. */
export type Work =
  | { kind: 'check'; script: ScriptToCheck }
  | { kind: 'compile'; options: LinkedCompileOptions }

export type Result = { kind: 'check'; check: ScriptCheck } | { kind: 'compile'; compiled: LinkedScript }

/** The channel keeps the class of JavaScript's own errors, but not of ours: a refusal travels as its findings. */
type Outcome = { result: Result } | { refused: readonly Finding[] } | { failure: unknown }

/** After the `last` one the process is of no more use. */
export type Answer = Outcome & { last: boolean }

function perform(work: Work): Result {
  if (work.kind === 'check') return { kind: work.kind, check: checkScript(work.script) }
  return { kind: work.kind, compiled: compileLinked(work.options) }
}

function outcomeOf(work: Work): Outcome {
  try {
    return { result: perform(work) }
  } catch (error) {
    if (error instanceof ScriptRefusedError) return { refused: error.findings }
    return { failure: error }
  }
}

// A terminal or a supervisor signals the whole group, while the node still drains. The node decides when
// this process ends; only without the node it does so itself.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined)
process.once('disconnect', () => process.exit())
process.on('message', (work: Work) => {
  process.send?.({ ...outcomeOf(work), last: isStripperBroken() } satisfies Answer)
})
process.send?.('ready')

// V8's parsers may keep this thread from ever hearing of the disconnection.
new Worker(new URL('./script-service-watchdog.ts', import.meta.url), {
  workerData: process.ppid,
  resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1 },
}).unref()
