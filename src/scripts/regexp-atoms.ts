/** Repetitions up to this many are taken for bounded. */
const few = 10

export interface Quantifier {
  /** It repeats without a bound, or often. */
  many: boolean
  least: number
  end: number
}

/** The quantifier that stands at an offset; one that is not there says once. */
export function quantifierAt(pattern: string, index: number): Quantifier {
  const lazy = (end: number) => (pattern[end] === '?' ? end + 1 : end)
  const character = pattern[index]
  if (character === '*') return { many: true, least: 0, end: lazy(index + 1) }
  if (character === '+') return { many: true, least: 1, end: lazy(index + 1) }
  if (character === '?') return { many: false, least: 0, end: lazy(index + 1) }
  const braces = /\{(\d{1,9})(,(\d{0,9}))?\}/y
  braces.lastIndex = index
  const found = braces.exec(pattern)
  if (!found) return { many: false, least: 1, end: index }
  const least = Number(found[1])
  const most = found[2] === undefined ? least : found[3] ? Number(found[3]) : Number.POSITIVE_INFINITY
  // `{40}` repeats as often, but in one way only.
  return { many: most > few && most !== least, least, end: lazy(braces.lastIndex) }
}

/** Skips `(?:`, `(?=`, `(?<name>` and their kin. */
export function afterGroupStart(pattern: string, index: number): number {
  const kind = /\((?:\?(?::|[=!]|<[=!]|<[^>]{1,100}>|[a-z-]{0,8}:))?/y
  kind.lastIndex = index
  return kind.test(pattern) ? kind.lastIndex : index + 1
}

/** Skips one character, escape or class. */
export function afterAtom(pattern: string, index: number): number {
  const character = pattern[index]
  if (character === '\\') {
    const sequence =
      /\\(?:u\{[0-9a-f]{1,6}\}|[pPk][{<][^}>]{1,100}[}>]|u[0-9a-f]{4}|x[0-9a-f]{2}|c[a-z]|[\s\S])/iy
    sequence.lastIndex = index
    return sequence.test(pattern) ? sequence.lastIndex : index + 1
  }
  if (character !== '[') return index + 1
  for (let at = index + 1; at < pattern.length; at += 1) {
    if (pattern[at] === '\\') at += 1
    else if (pattern[at] === ']') return at + 1
  }
  return pattern.length
}
