import type { Boundary } from './boundary.ts'
import type { Library } from './library.ts'
import type { Primordials } from './primordials.ts'

export interface LogFormatParts {
  boundary: Boundary
  library: Library
  isShared: boolean
}

/**
 * The text of what the console is given: as on Node.js's, https://nodejs.org/api/util.html#utilformatformat-args
 *
 * In a world of its own an execution may have replaced whatever that would be written with, so there values are
 * shown by what it has not: objects as JSON, errors by their stacks.
 */
export function createLogFormat(p: Primordials, { boundary, library, isShared }: LogFormatParts) {
  const sourceOf = p.uncurry(Function.prototype.toString)

  function show(value: unknown, depth: number | null = 2): string {
    if (typeof value === 'string') return value
    if (typeof value === 'bigint') return `${value}n`
    if ((typeof value !== 'object' || value === null) && typeof value !== 'function')
      return value === 0 && 1 / (value as number) < 0 ? '-0' : p.toText(value)
    if (!isShared) return showPlainly(value)
    try {
      return library.load('inspect').inspect(value, { depth })
    } catch {
      // A getter or a trap of the author's, or a depth that the stack does not have.
      return '[object that cannot be shown]'
    }
  }

  function showPlainly(value: object): string {
    if (typeof value === 'function') return '[function]'
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
      const { name, message, stack, cause } = error
      // As it is called now: a stack begins with what an error was called when it was made.
      const head = message === '' ? p.toText(name) : `${p.toText(name)}: ${p.toText(message)}`
      const start = typeof stack === 'string' ? p.indexOf(stack, '\n    at ') : -1
      const text = start < 0 ? head : head + p.slice(stack as string, start)
      const hasCause = depth < 4 && typeof cause === 'object' && cause !== null && isError(cause)
      return hasCause ? `${text}\nCaused by: ${showError(cause, depth + 1)}` : text
    } catch {
      return '[error that cannot be shown]'
    }
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
    if (letter === 'j') return boundary.show(value)
    if (letter === 's') return textOf(value)
    if (letter === 'o') return show(value, 4)
    if (letter === 'O') return show(value)
    if (typeof value === 'bigint') return `${value}n`
    if (typeof value !== 'number' && typeof value !== 'string') return 'NaN'
    if (letter === 'd') return `${+value}`
    return `${letter === 'i' ? p.parseInt(`${value}`, 10) : p.parseFloat(`${value}`)}`
  }

  /** Of an object what its own `toString` says, if it has one. */
  function textOf(value: unknown): string {
    if (!isShared || ((typeof value !== 'object' || value === null) && typeof value !== 'function'))
      return show(value)
    if (typeof value === 'function') return p.toText(value)
    try {
      const isBuiltIn = p.indexOf(sourceOf(value.toString), '[native code]') >= 0
      return isBuiltIn ? show(value, 0) : p.toText(value)
    } catch {
      return show(value, 0)
    }
  }

  return { show, showAll }
}
