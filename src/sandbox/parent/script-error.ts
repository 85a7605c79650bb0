import { isRecord } from '../protocol.ts'
import type { SandboxError, SandboxLimits, SandboxScript } from '../types.ts'
import { explain } from './explain.ts'
import { type Frame, scriptFrames, withOwnLines } from './script-frames.ts'

function text(value: unknown, limit: number): string {
  if (typeof value !== 'string') return ''
  return value.length > limit ? `${value.slice(0, limit)}…` : value
}

const longestSourceLine = 500
/** What is shown of a longer one: the place with as much on either side. */
const shownOfLongLine = 160
/** Whatever V8 counts as the end of a line. */
const lineEnd = /\r\n|[\n\r\u2028\u2029]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not change how the line is shown
const unprintable = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g

function pointAt({ source, line, column }: Frame): Partial<SandboxError> {
  const whole = source.split(lineEnd, line)[line - 1]
  if (whole === undefined) return {}
  const isLong = whole.length > longestSourceLine
  const at = Math.min(column - 1, whole.length)
  const from = isLong ? Math.max(0, Math.min(at - shownOfLongLine / 2, whole.length - shownOfLongLine)) : 0
  const part = isLong ? whole.slice(from, from + shownOfLongLine) : whole
  const sourceLine = part.replace(unprintable, '\ufffd').toWellFormed()
  if (column > whole.length + 1) return { sourceLine }
  return { sourceLine, caret: `${sourceLine.slice(0, at - from).replace(/[^\t]/g, ' ')}^` }
}

/**
 * Makes the error of the record from what a host said of it. `claim` is untrusted: every field is
 * checked, cut, and given a default.
 */
export function scriptError(claim: unknown, script: SandboxScript, depth = 0): SandboxError {
  const given = isRecord(claim) ? claim : {}
  const code =
    typeof given.code === 'string' && /^[a-z_]{1,64}$/.test(given.code) ? given.code : 'script_error'
  const type = text(given.type, 100) || 'Error'
  // It may hold the stack of another error.
  const said = withOwnLines(text(given.message, 4096), script)
  const frames = scriptFrames(text(given.frames, 16_384), script)
  const [first] = frames
  const place = first && pointAt(first)
  const { sourceLine } = place ?? {}
  const message =
    code === 'script_error' ? explain({ type, message: said, sourceLine, column: first?.column }) : said
  const outOfMemory = type === 'RangeError' && message === 'Array buffer allocation failed'
  const wait = given.retryAfterSeconds
  return {
    code: outOfMemory ? 'memory_limit' : code,
    type,
    message,
    stack: [message === '' ? type : `${type}: ${message}`, ...frames.map((frame) => frame.text)].join('\n'),
    ...(first && { line: first.line, column: first.column, ...place }),
    ...(first && first.fileName !== script.fileName && { file: first.fileName }),
    ...(isRecord(given.cause) && depth < 4 && { cause: scriptError(given.cause, script, depth + 1) }),
    ...(Array.isArray(given.errors) &&
      depth < 2 && {
        errors: given.errors.slice(0, 5).map((error) => scriptError(error, script, 3)),
      }),
    retryable: !outOfMemory && given.retryable === true,
    ...(typeof wait === 'number' && wait >= 0 && { retryAfterSeconds: Math.min(wait, 1e9) }),
  }
}

/** The errors that say which limit it was; worded for the script's author. */
export function limitError(code: string, limits: SandboxLimits): SandboxError {
  const [type, message, retryable] = wordsFor(code, limits)
  return { code, type, message, stack: `${type}: ${message}`, retryable }
}

function wordsFor(code: string, limits: SandboxLimits): [string, string, boolean] {
  switch (code) {
    case 'timeout':
      return ['TimeoutError', `The script did not finish within its wall time of ${limits.wallMs} ms.`, true]
    case 'cpu_limit':
      return ['LimitError', `The script used more than its ${limits.cpuMs} ms of processor time.`, false]
    case 'memory_limit':
      return ['LimitError', `The script needed more than its ${limits.memoryMb} MB of memory.`, false]
    case 'output_limit':
      return ['LimitError', `The script's result is larger than ${limits.outputBytes} bytes of JSON.`, false]
    case 'cancelled':
      return ['CancelledError', 'The execution was cancelled.', false]
    case 'refused':
      return ['RefusedError', 'There is no room for this execution at the moment; try again later.', true]
    case 'crowded':
      return [
        'LostError',
        'The isolate that this execution shared with others had to be ended; nothing is wrong with the script.',
        true,
      ]
    default:
      return [
        'LostError',
        'The sandbox host that ran this execution is gone; nothing is wrong with the script.',
        true,
      ]
  }
}
