import type { Boundary } from './boundary.ts'
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

export interface LogsParts {
  boundary: Boundary
  send: Send
  limits: LogLimits
}

/**
 * `console` and `log`. Lines leave as they are written, so that those of a run that is killed are kept;
 * beyond the limits nothing leaves at all, so that an endless log costs the script its own time only.
 */
export function createLogs(p: Primordials, { boundary, send, limits }: LogsParts) {
  let linesLeft = limits.logLines
  let bytesLeft = limits.logBytes
  const startedAt = p.now()
  let open = true

  function write(level: string, message: string, fields: string): void {
    if (!open) return
    const size = message.length + fields.length
    if (linesLeft < 1 || bytesLeft < size) {
      open = false
      if (linesLeft > 0 && bytesLeft > 0) {
        send('log', p.now() - startedAt, level, p.slice(message, 0, bytesLeft), '')
      }
      send('cut')
      return
    }
    linesLeft -= 1
    bytesLeft -= size
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

  function showError(error: Error): string {
    try {
      const { stack, name, message } = error
      return typeof stack === 'string' ? stack : `${name}: ${message}`
    } catch {
      return '[error that cannot be shown]'
    }
  }

  function showAll(values: unknown[]): string {
    let line = ''
    for (let index = 0; index < values.length; index += 1) {
      line += (index > 0 ? ' ' : '') + show(values[index])
    }
    return line
  }

  function fieldsText(fields: unknown): string {
    if (typeof fields !== 'object' || fields === null) return ''
    const shown = boundary.show(fields)
    return shown[0] === '{' ? shown : ''
  }

  const to =
    (level: string) =>
    (...values: unknown[]) =>
      write(level, showAll(values), '')
  const toLog = (level: string) => (message: unknown, fields?: unknown) =>
    write(level, show(message), fieldsText(fields))

  const nothing = () => undefined
  const console = {
    debug: to('debug'),
    trace: to('debug'),
    log: to('info'),
    info: to('info'),
    dir: to('info'),
    table: to('info'),
    warn: to('warn'),
    error: to('error'),
    assert: (condition: unknown, ...values: unknown[]) =>
      condition ? undefined : write('error', `Assertion failed: ${showAll(values)}`, ''),
    group: to('info'),
    groupEnd: nothing,
    time: nothing,
    timeEnd: nothing,
  }
  const log = p.freeze({
    debug: toLog('debug'),
    info: toLog('info'),
    warn: toLog('warn'),
    error: toLog('error'),
  })
  return { console, log, left: () => ({ lines: open ? linesLeft : 0, bytes: open ? bytesLeft : 0 }) }
}
