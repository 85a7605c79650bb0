import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { z } from 'zod'

import { refusal, ScriptRefusedError, tooDeeplyNested } from './finding.ts'

// Node's type stripper is a WebAssembly module with a fixed stack. Input nested a few thousand deep
// makes it trap, and it never works again in that thread: not for the next script, and not for Node's
// own loading of .ts files. So it runs in a thread of its own, which is thrown away when that happens.
// The caller waits (starting the thread costs about 50 ms, once); checking is synchronous throughout.

interface Stripper {
  worker: Worker
  port: MessagePort
  signal: Int32Array
}

/** A megabyte of ordinary TypeScript takes 0.2 s; some nested texts would take many seconds to fail. */
const longestWaitMs = 2_000
const longestStartMs = 10_000
const answer = z.union([
  z.object({ code: z.string() }),
  z.object({ failure: z.object({ code: z.unknown(), message: z.string(), stack: z.string() }) }),
])
type Failure = Extract<z.infer<typeof answer>, { failure: unknown }>['failure']

let current: Stripper | undefined

function startStripper(): Stripper {
  const signal = new Int32Array(new SharedArrayBuffer(4))
  const { port1, port2 } = new MessageChannel()
  const worker = new Worker(new URL('./strip-types-worker.js', import.meta.url), {
    workerData: { port: port2, signal },
    transferList: [port2],
    env: {},
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  worker.unref()
  port1.unref()
  if (Atomics.wait(signal, 0, 0, longestStartMs) === 'timed-out') {
    throw new Error('The thread that strips types did not start.')
  }
  return { worker, port: port1, signal }
}

function discardStripper(): void {
  current?.port.close()
  void current?.worker.terminate()
  current = undefined
}

/**
 * Replaces types by blanks, so that every line and column stays where it was.
 *
 * @throws {ScriptRefusedError} where the text is not TypeScript, or TypeScript that has to be
 *   compiled (enums, namespaces, parameter properties).
 */
export function stripTypes(source: string): string {
  current ??= startStripper()
  const { port, signal } = current
  Atomics.store(signal, 0, 0)
  port.postMessage(source)
  Atomics.wait(signal, 0, 0, longestWaitMs)

  const received = receiveMessageOnPort(port)
  if (!received) {
    discardStripper()
    throw refusal(source, 0, 'too_complex', 'Removing the types took too long; make the script simpler.')
  }
  const result = answer.parse(received.message)
  if ('code' in result) return result.code
  throw explain(source, result.failure)
}

const remedies: readonly [RegExp, string][] = [
  [/enum/, 'Enums are not supported. Use an object: `const Color = { Red: "red" } as const`.'],
  [/namespace|module declaration/, 'Namespaces are not supported. Use plain functions and constants.'],
  [
    /parameter property/,
    'Parameter properties are not supported. Declare the field and assign it in the constructor.',
  ],
  [/angle-bracket/, 'The assertion `<T>value` is not supported. Write `value as T`.'],
  [/import equals/, '`import x = …` is not supported. Write `import { x } from "…"`.'],
  [/export assignment/, '`export = …` is not supported. Write `export default …`.'],
]

function explain(source: string, failure: Failure): ScriptRefusedError {
  const offset = offsetOf(source, failure.stack)
  if (failure.code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') {
    const remedy = remedies.find(([pattern]) => pattern.test(failure.message))?.[1]
    const message = `${remedy ?? failure.message} Only types that can be removed are accepted.`
    return refusal(source, offset, 'typescript_not_erasable', message)
  }
  if (failure.code === 'ERR_INVALID_TYPESCRIPT_SYNTAX') {
    return refusal(source, offset, 'syntax_error', failure.message.slice(0, 300))
  }
  discardStripper()
  if (/out of bounds|call stack/.test(failure.message)) return new ScriptRefusedError([tooDeeplyNested])
  return refusal(source, 0, 'too_complex', 'This cannot be read as TypeScript; look for very long lines.')
}

/**
 * Node gives the position only as a picture above the stack: `:LINE`, lines of the source, and a caret
 * below the place; or a `>` before each line where several are meant; or no mark for a line's end.
 */
function offsetOf(source: string, stack: string): number {
  const [, lineNumber] = /^:(\d+)\n/.exec(stack) ?? []
  if (lineNumber === undefined) return 0
  const lines = source.split('\n', Number(lineNumber))
  const line = lines.pop() ?? ''
  const start = lines.reduce((length, { length: more }) => length + more + 1, 0)

  const [, indent] = /^( *)\^+$/m.exec(stack) ?? []
  if (indent !== undefined) return start + characterAt(line, indent.length)
  return start + (/^ {2}> /m.test(stack) ? line.search(/\S|$/) : line.length)
}

/** The caret counts terminal cells, of which one character may take none to four. */
function characterAt(line: string, cells: number): number {
  let width = 0
  let index = 0
  for (const character of line) {
    if (width >= cells) break
    width += character === '\t' ? 4 - (width % 4) : cellsOf(character)
    index += character.length
  }
  return index
}

function cellsOf(character: string): number {
  if (/\p{Mn}|\p{Cf}/u.test(character)) return 0
  return /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
    character,
  )
    ? 2
    : 1
}
