import type { Boundary } from './boundary.ts'
import type { Library } from './library.ts'
import type { LiveExecution } from './live.ts'
import type { createLogFormat } from './log-format.ts'
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
  /** Spaces before a line of the console: two for each group. */
  indent: number
  /** Made when they are needed: most executions count and measure nothing. */
  counts: Map<string, number> | undefined
  clocks: Map<string, number> | undefined
}

export interface LogsParts {
  boundary: Boundary
  library: Library
  format: ReturnType<typeof createLogFormat>
  isShared: boolean
  send: Send
  live(): LiveExecution
}

/**
 * `console` and `log`. Lines leave as they are written, so that those of a run that is killed are kept;
 * beyond the limits nothing leaves at all, so that an endless log costs the script its own time only.
 */
export function createLogs(p: Primordials, { boundary, library, format, isShared, send, live }: LogsParts) {
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

  const { show, showAll } = format

  function fieldsText(fields: unknown): string {
    if (typeof fields !== 'object' || fields === null) return ''
    // The node reads no more than 32 levels.
    const shown = boundary.show(fields, 31)
    return shown[0] === '{' ? shown : ''
  }

  /** A line of the console, as far to the right as its group is. */
  function print(level: string, message: string): void {
    const { indent } = live().logState
    if (indent === 0 || !isShared) {
      write(level, message, '')
      return
    }
    const space = ' '.repeat(indent)
    write(level, space + message.replaceAll('\n', `\n${space}`), '')
  }

  const to =
    (level: string) =>
    (...values: unknown[]) => {
      // What would not be kept is not made either.
      if (live().logState.open) print(level, showAll(values))
    }
  const toLog = (level: string) => (message: unknown, fields?: unknown) =>
    write(level, show(message), fieldsText(fields))

  function count(label: unknown = 'default'): void {
    const name = show(label)
    const state = live().logState
    state.counts ??= p.newMap<string, number>()
    const times = ((p.mapGet(state.counts, name) as number | undefined) ?? 0) + 1
    p.mapSet(state.counts, name, times)
    print('info', `${name}: ${times}`)
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
    print('info', `${name}: ${p.now() - began} ms${rest}`)
  }

  const group = (...values: unknown[]) => {
    if (values.length > 0) print('info', showAll(values))
    const state = live().logState
    // Beyond that nobody could read it, and each line would cost more.
    state.indent = p.min(state.indent + 2, 40)
  }
  const groupEnd = () => {
    const state = live().logState
    state.indent = p.max(state.indent - 2, 0)
  }
  function dir(value: unknown, options?: { depth?: unknown }): void {
    const depth = options?.depth
    print('info', show(value, typeof depth === 'number' || depth === null ? depth : 2))
  }
  function table(data: unknown, columns?: unknown): void {
    let drawn: string | undefined
    try {
      if (isShared) drawn = library.load('table').table(data, columns)
    } catch {
      // It is shown like any other value then.
    }
    print('info', drawn ?? show(data))
  }
  const nothing = () => undefined
  const methods = {
    debug: to('debug'),
    trace: to('debug'),
    log: to('info'),
    info: to('info'),
    dir,
    dirxml: to('info'),
    table,
    warn: to('warn'),
    error: to('error'),
    assert: (condition: unknown, ...values: unknown[]) =>
      condition
        ? undefined
        : print('error', `Assertion failed${values.length > 0 ? `: ${showAll(values)}` : ''}`),
    clear: nothing,
    count,
    countReset: (label: unknown = 'default') => {
      const name = show(label)
      const { counts } = live().logState
      if (counts !== undefined) p.mapDelete(counts, name)
    },
    group,
    groupCollapsed: group,
    groupEnd,
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
      indent: 0,
      counts: undefined,
      clocks: undefined,
    }),
    left() {
      const { open, lines, bytes } = live().logState
      return { lines: open ? lines : 0, bytes: open ? bytes : 0 }
    },
  }
}
