import { afterAtom, afterGroupStart, quantifierAt } from './regexp-atoms.ts'

// A regular expression backtracks without end where what repeats is itself repeated (`(a+)+`), or where
// two alternatives of what is repeated are alike (`(a|\w)*`). This looks for those shapes only: it reads
// the pattern once, and errs on both sides.

/** One alternative of a group, as far as it has been read. */
interface Alternative {
  /** Something within repeats without a bound. */
  repeats: boolean
  /** Something within must be there just so: a separator, which keeps the repetitions apart. */
  separated: boolean
  atoms: string[]
}

interface Group {
  done: Alternative[]
  current: Alternative
}

/** Whether a pattern has a shape that can take exponential time; of a text that is no pattern, false. */
export function isCatastrophic(pattern: string): boolean {
  const open: Group[] = [newGroup()]
  for (let index = 0; index < pattern.length; ) {
    const group = open.at(-1)
    if (group === undefined) return false
    const character = pattern[index] ?? ''
    if (character === '(') {
      open.push(newGroup())
      index = afterGroupStart(pattern, index)
    } else if (character === '|') {
      nextAlternative(group)
      index += 1
    } else if (character === ')') {
      open.pop()
      const quantifier = quantifierAt(pattern, index + 1)
      if (quantifier.many && isDangerous(group)) return true
      const outer = open.at(-1)
      if (outer) addGroup(outer.current, group, quantifier.many)
      index = quantifier.end
    } else {
      index = readAtom(pattern, index, group.current)
    }
  }
  return false
}

function newGroup(): Group {
  return { done: [], current: newAlternative() }
}

function newAlternative(): Alternative {
  return { repeats: false, separated: false, atoms: [] }
}

function nextAlternative(group: Group): void {
  group.done.push(group.current)
  group.current = newAlternative()
}

function addGroup(alternative: Alternative, { done, current }: Group, many: boolean): void {
  const inner = [...done, current]
  if (many || inner.some(({ repeats }) => repeats)) alternative.repeats = true
  if (!many && inner.every(({ separated }) => separated)) alternative.separated = true
  alternative.atoms.push('(')
}

function readAtom(pattern: string, index: number, alternative: Alternative): number {
  const end = afterAtom(pattern, index)
  const atom = pattern.slice(index, end)
  const quantifier = quantifierAt(pattern, end)
  if (isEdge(atom)) return quantifier.end
  if (quantifier.many) alternative.repeats = true
  else if (quantifier.least > 0) alternative.separated = true
  alternative.atoms.push(quantifier.many || quantifier.least === 0 ? '*' : atom)
  return quantifier.end
}

/** It takes no character, so it keeps nothing apart. */
function isEdge(atom: string): boolean {
  return atom === '^' || atom === '$' || atom === '\\b' || atom === '\\B'
}

function isDangerous({ done, current }: Group): boolean {
  const alternatives = [...done, current]
  return alternatives.some(({ repeats, separated }) => repeats && !separated) || anyAlike(alternatives)
}

/** Enough to see that `\w` and `\d`, `a` and `.` overlap. */
const samples = ['a', 'z', 'A', '0', '9', '_', ' ', '\n', '-', '.', '/', ',', 'é']
/** More are not compared: a pattern may have thousands. */
const mostAlternatives = 50

/** Whether two alternatives that are a single character each may match the same one. */
function anyAlike(alternatives: Alternative[]): boolean {
  const single = alternatives
    .flatMap(({ atoms: [atom, ...more] }) => (atom === undefined || more.length > 0 ? [] : [atom]))
    .filter((atom) => atom !== '(' && atom !== '*')
    .slice(0, mostAlternatives)
  const plain = single.filter(isPlain)
  const taken = new Set<string>()
  for (const atom of single) {
    const matched = isPlain(atom) ? [atom] : [...samples, ...plain].filter((sample) => matches(atom, sample))
    if (matched.some((sample) => taken.has(sample))) return true
    for (const sample of matched) taken.add(sample)
  }
  return false
}

function isPlain(atom: string): boolean {
  return /^[\w-]$/.test(atom)
}

function matches(atom: string, sample: string): boolean {
  try {
    return new RegExp(`^(?:${atom})$`, 'u').test(sample)
  } catch {
    return false
  }
}
