import type { Boundary } from './boundary.ts'
import type { LiveExecution } from './live.ts'
import type { Primordials } from './primordials.ts'

export type Send = (
  verb: string,
  a?: string | number,
  b?: string,
  c?: string,
  d?: string,
  run?: number,
) => void

export interface LogLimits {
  logLines: number
  logBytes: number
}

/** What is left of an execution's limits. */
export interface LogState {
  lines: number
  bytes: number
  open: boolean
  /** Made when they are needed: most executions count and measure nothing. */
  counts: Map<string, number> | undefined
  clocks: Map<string, number> | undefined
}

export interface LogsParts {
  boundary: Boundary
  send: Send
  live(): LiveExecution
}

/**
 * `console` and `log`. Lines leave as they are written, so that those of a run that is killed are kept;
 * beyond the limits nothing leaves at all, so that an endless log costs the script its own time only.
 */
export function createLogs(p: Primordials, { boundary, send, live }: LogsParts) {
  function write(level: string, message: string, fields: string): void {
    const { logState: left, startedAt } = live()
    if (!left.open) return
    const size = message.length + fields.length
    if (left.lines < 1 || left.bytes < size) {
      left.open = false
      if (left.lines > 0 && left.bytes > 0) {
        send('log', p.now() - startedAt, level, p.slice(message, 0, left.bytes), '')
      }
      send('cut')
      return
    }
    left.lines -= 1
    left.bytes -= size
    send('log', p.now() - startedAt, level, message, fields)
  }

  function show(value: unknown): string {
    if (typeof value === 'string') return value
    if (typeof value === 'bigint') return `${value}n`
    if (typeof value === 'function') return '[function]'
    if (typeof value !== 'object' || value === null) return p.toText(value)
    return isError(value) ? showError(value) : boundary.show(value)
  }

  function isError(value: object): value is Error {
    try {
      return value instanceof p.Error
    } catch {
      return false
    }
  }

  function showError(error: Error, depth = 0): string {
    try {
      const { stack, cause } = error
      const head = headOf(error)
      const start = typeof stack === 'string' ? p.indexOf(stack, '\n    at ') : -1
      const text = start < 0 ? head : head + p.slice(stack as string, start)
      const hasCause = depth < 4 && typeof cause === 'object' && cause !== null && isError(cause)
      return hasCause ? `${text}\nCaused by: ${showError(cause, depth + 1)}` : text
    } catch {
      return '[error that cannot be shown]'
    }
  }

  /** As it is called now: a stack begins with what an error was called when it was made. */
  function headOf({ name, message }: Error): string {
    return message === '' ? p.toText(name) : `${p.toText(name)}: ${p.toText(message)}`
  }

  function showAll(values: unknown[]): string {
    let line = ''
    let next = 0
    const [first] = values
    if (typeof first === 'string' && values.length > 1) {
      const filled = fill(first, values)
      line = filled.text
      next = filled.used
    }
    for (let index = next; index < values.length; index += 1) {
      line += (index > 0 ? ' ' : '') + show(values[index])
    }
    return line
  }

  /** A text with `%s` and its like, filled with the values that follow it, as on other consoles. */
  function fill(template: string, values: unknown[]): { text: string; used: number } {
    let text = ''
    let used = 1
    let from = 0
    for (let at = p.indexOf(template, '%'); at >= 0; at = p.indexOf(template, '%', at)) {
      const letter = p.slice(template, at + 1, at + 2)
      let shown: string | undefined
      if (letter === '%') shown = '%'
      else if (letter !== '' && p.indexOf('sdifjoOc', letter) >= 0 && used < values.length) {
        shown = showAs(letter, values[used])
        used += 1
      }
      if (shown !== undefined) {
        text += p.slice(template, from, at) + shown
        from = at + 2
      }
      at += shown === undefined ? 1 : 2
    }
    return { text: text + p.slice(template, from), used }
  }

  function showAs(letter: string, value: unknown): string {
    if (letter === 'c') return ''
    if (letter !== 'd' && letter !== 'i' && letter !== 'f') return show(value)
    if (typeof value === 'bigint') return `${value}n`
    if (typeof value !== 'number' && typeof value !== 'string') return 'NaN'
    if (letter === 'd') return `${+value}`
    return `${letter === 'i' ? p.parseInt(`${value}`, 10) : p.parseFloat(`${value}`)}`
  }

  function fieldsText(fields: unknown): string {
    if (typeof fields !== 'object' || fields === null) return ''
    // The node reads no more than 32 levels.
    const shown = boundary.show(fields, 31)
    return shown[0] === '{' ? shown : ''
  }

  const to =
    (level: string) =>
    (...values: unknown[]) =>
      write(level, showAll(values), '')
  const toLog = (level: string) => (message: unknown, fields?: unknown) =>
    write(level, show(message), fieldsText(fields))

  function count(label: unknown = 'default'): void {
    const name = show(label)
    const state = live().logState
    state.counts ??= p.newMap<string, number>()
    const times = ((p.mapGet(state.counts, name) as number | undefined) ?? 0) + 1
    p.mapSet(state.counts, name, times)
    write('info', `${name}: ${times}`, '')
  }

  function time(label: unknown = 'default'): void {
    const name = show(label)
    const state = live().logState
    state.clocks ??= p.newMap<string, number>()
    p.mapSet(state.clocks, name, p.now())
  }

  function timeLog(label: unknown = 'default', ...values: unknown[]): void {
    const name = show(label)
    const { clocks } = live().logState
    const began = clocks && (p.mapGet(clocks, name) as number | undefined)
    if (began === undefined) return
    const rest = values.length > 0 ? ` ${showAll(values)}` : ''
    write('info', `${name}: ${p.now() - began} ms${rest}`, '')
  }

  const group = (...values: unknown[]) => (values.length > 0 ? write('info', showAll(values), '') : undefined)
  const only = (value: unknown) => write('info', show(value), '')
  const nothing = () => undefined
  const methods = {
    debug: to('debug'),
    trace: to('debug'),
    log: to('info'),
    info: to('info'),
    dir: only,
    dirxml: to('info'),
    table: only,
    warn: to('warn'),
    error: to('error'),
    assert: (condition: unknown, ...values: unknown[]) =>
      condition ? undefined : write('error', `Assertion failed: ${showAll(values)}`, ''),
    clear: nothing,
    count,
    countReset: (label: unknown = 'default') => {
      const name = show(label)
      const { counts } = live().logState
      if (counts !== undefined) p.mapDelete(counts, name)
    },
    group,
    groupCollapsed: group,
    groupEnd: nothing,
    time,
    timeLog,
    timeEnd: (label: unknown = 'default') => {
      const name = show(label)
      timeLog(name)
      const { clocks } = live().logState
      if (clocks !== undefined) p.mapDelete(clocks, name)
    },
  }
  const log = p.freeze({
    debug: toLog('debug'),
    info: toLog('info'),
    warn: toLog('warn'),
    error: toLog('error'),
  })
  return {
    log,
    methods,
    /** Of one execution, which may change it. */
    newConsole: () => ({ ...methods }),
    begin: ({ logLines, logBytes }: LogLimits): LogState => ({
      lines: logLines,
      bytes: logBytes,
      open: true,
      counts: undefined,
      clocks: undefined,
    }),
    left() {
      const { open, lines, bytes } = live().logState
      return { lines: open ? lines : 0, bytes: open ? bytes : 0 }
    },
  }
}
