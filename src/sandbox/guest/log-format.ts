import type { Boundary } from './boundary.ts'
import type { Library } from './library.ts'
import type { Primordials } from './primordials.ts'

export interface LogFormatParts {
  boundary: Boundary
  library: Library
}

/** The text of what the console is given: as on Node.js's, https://nodejs.org/api/util.html#utilformatformat-args */
export function createLogFormat(p: Primordials, { boundary, library }: LogFormatParts) {
  const sourceOf = p.uncurry(Function.prototype.toString)

  function show(value: unknown, depth: number | null = 2): string {
    if (typeof value === 'string') return value
    if (typeof value === 'bigint') return `${value}n`
    if ((typeof value !== 'object' || value === null) && typeof value !== 'function')
      return value === 0 && 1 / (value as number) < 0 ? '-0' : p.toText(value)
    try {
      return library.load('inspect').inspect(value, { depth })
    } catch {
      // A getter or a trap of the author's, or a depth that the stack does not have.
      return '[object that cannot be shown]'
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
    if (typeof value === 'function') return p.toText(value)
    if (typeof value !== 'object' || value === null) return show(value)
    try {
      const isBuiltIn = p.indexOf(sourceOf(value.toString), '[native code]') >= 0
      return isBuiltIn ? show(value, 0) : p.toText(value)
    } catch {
      return show(value, 0)
    }
  }

  return { show, showAll }
}
