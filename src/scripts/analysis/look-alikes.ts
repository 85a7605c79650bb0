import type { Remark, Rule } from './rule.ts'

/** Letters of other scripts that look like Latin ones, and those. */
const latinOf: ReadonlyMap<string, string> = new Map(
  Object.entries({
    // Cyrillic
    а: 'a',
    в: 'b',
    с: 'c',
    ԁ: 'd',
    е: 'e',
    һ: 'h',
    і: 'i',
    ј: 'j',
    к: 'k',
    ӏ: 'l',
    м: 'm',
    о: 'o',
    р: 'p',
    ԛ: 'q',
    г: 'r',
    ѕ: 's',
    т: 't',
    у: 'y',
    ѵ: 'v',
    ԝ: 'w',
    х: 'x',
    А: 'A',
    В: 'B',
    С: 'C',
    Е: 'E',
    Н: 'H',
    І: 'I',
    Ј: 'J',
    К: 'K',
    М: 'M',
    О: 'O',
    Р: 'P',
    Ѕ: 'S',
    Т: 'T',
    У: 'Y',
    Х: 'X',
    З: '3',
    // Greek
    α: 'a',
    ο: 'o',
    ν: 'v',
    ι: 'i',
    κ: 'k',
    ρ: 'p',
    υ: 'u',
    χ: 'x',
    Α: 'A',
    Β: 'B',
    Ε: 'E',
    Ζ: 'Z',
    Η: 'H',
    Ι: 'I',
    Κ: 'K',
    Μ: 'M',
    Ν: 'N',
    Ο: 'O',
    Ρ: 'P',
    Τ: 'T',
    Υ: 'Y',
    Χ: 'X',
    // Armenian
    օ: 'o',
    ս: 'u',
    հ: 'h',
    ո: 'n',
  }),
)

/** What cannot be seen, and yet makes another name. */
// biome-ignore lint/suspicious/noMisleadingCharacterClass: they are looked for one by one
const invisible = /[\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200d\u2060\u3164\ufe00-\ufe0f\uffa0]/

const ours: ReadonlySet<string> = new Set([
  'sdk',
  'db',
  'http',
  'fetch',
  'secrets',
  'events',
  'scripts',
  'cache',
  'storage',
  'log',
  'console',
  'crypto',
  'globalThis',
  'eval',
  'context',
  'input',
  'JSON',
  'Object',
  'Promise',
  'Math',
  'Date',
])

/** Latin letters of other shapes: full width, and those of mathematics. */
const styled = /[\uff21-\uff3a\uff41-\uff5a\u{1d400}-\u{1d6a3}]/u

function hasLookAlike(text: string): boolean {
  return [...text].some((character) => latinOf.has(character))
}

const comparisons: ReadonlySet<string> = new Set(['===', '!==', '==', '!='])
const longestCompared = 200

/** A text that is compared with, and that is not what is read: `role === 'аdmin'` holds for nobody but one. */
export const comparedText: Rule = ({ node, parent }) => {
  if (node.type !== 'Literal' || typeof node.value !== 'string' || node.value.length > longestCompared)
    return undefined
  const isCompared =
    (parent?.type === 'BinaryExpression' && comparisons.has(parent.operator)) || parent?.type === 'SwitchCase'
  if (!isCompared) return undefined
  const offset = node.start
  // As it is written: an escape shows what it stands for.
  const { raw = '' } = node
  if (/[\u00ad\u200b\u200e\u200f\u2060\u3164\ufeff]/.test(raw)) {
    const message = 'This text holds a character that cannot be seen. Write it as an escape.'
    return { severity: 'warning', code: 'invisible_character', message, offset }
  }
  const words = raw.match(/\p{L}+/gu) ?? []
  if (!words.some((word) => /[a-z]/i.test(word) && hasLookAlike(word))) return undefined
  const message =
    'A word in this text mixes Latin letters with others that look like them. Write it in one script.'
  return { severity: 'warning', code: 'mixed_scripts', message, offset }
}

/** Names that read as another one: a Cyrillic `а` in `pаy`, or a character that nobody sees. */
export function lookAlikes(names: ReadonlyMap<string, number>): Remark[] {
  return names
    .entries()
    .map(([name, offset]) => judge(name, offset, names))
    .filter((remark) => remark !== undefined)
    .take(20)
    .toArray()
}

function judge(name: string, offset: number, names: ReadonlyMap<string, number>): Remark | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it means all of ASCII
  if (/^[\x00-\x7f]*$/.test(name)) return undefined
  const compatible = name.normalize('NFKC')
  if (invisible.test(name)) {
    const message = 'This name contains a character that cannot be seen. Remove it.'
    return { severity: 'high', code: 'invisible_character', message, offset }
  }
  const skeleton = [...compatible].map((character) => latinOf.get(character) ?? character).join('')
  if (skeleton === name) return undefined
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it means all of ASCII
  if (/^[\x00-\x7f]+$/.test(skeleton) && (names.has(skeleton) || ours.has(skeleton))) {
    const message = `This name looks like \`${skeleton}\`, and is another: it has letters of another script.`
    return { severity: 'high', code: 'look_alike', message, offset }
  }
  const isStyled = styled.test(name)
  if (!isStyled && (!/[a-z]/i.test(name) || !hasLookAlike(name))) return undefined
  const message = 'This name mixes Latin letters with others that look like them. Write it in one script.'
  return { severity: 'warning', code: 'mixed_scripts', message, offset }
}
