import type { AnyNode } from 'acorn'

import { excerpt, type Remark, type Rule } from './rule.ts'

const largeLiteral = 8_192
const veryLargeLiteral = 32_768
const longestLine = 5_000
/** Fewer escapes are how one writes an unusual character. */
const fewEscapes = 20
/** Random base64 has 6 bits a character, hexadecimal 4; prose and code are around 4.3 with blanks in them. */
const denseBits = 4.8
const shortestDense = 1_000

/** Texts that nobody can read: escaped, packed, or too large to be looked at. */
export const unreadableLiteral: Rule = ({ node }, source) => {
  if (node.type !== 'Literal' && node.type !== 'TemplateElement') return undefined
  const { start, end } = node
  const isText = node.type === 'TemplateElement' || typeof node.value === 'string'
  if (!isText) return undefined
  return escaped(source, start, end) ?? dense(source, start, end) ?? large(start, end)
}

function large(start: number, end: number): Remark | undefined {
  const length = end - start
  if (length < largeLiteral) return undefined
  const severity = length < veryLargeLiteral ? 'info' : 'warning'
  const message = `This literal has ${length} characters. Keep data in a collection, not in the source.`
  return { severity, code: 'large_literal', message, offset: start }
}

function escaped(source: string, start: number, end: number): Remark | undefined {
  if (end - start < fewEscapes * 4) return undefined
  const text = source.slice(start, Math.min(end, start + largeLiteral))
  const escapes = text.match(/\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|u\{[0-9a-f]{1,6}\}|[0-7]{3})/gi)
  const length = escapes?.reduce((sum, { length: more }) => sum + more, 0) ?? 0
  if (!escapes || escapes.length < fewEscapes || length < text.length / 2) return undefined
  const message = `Most of this text is written in escapes (${excerpt(text)}). Write the characters themselves.`
  return { severity: 'warning', code: 'escaped_text', message, offset: start }
}

function dense(source: string, start: number, end: number): Remark | undefined {
  if (end - start < shortestDense) return undefined
  const text = source.slice(start + 1, Math.min(end - 1, start + largeLiteral))
  if (/[\s{}<>]/.test(text) || bitsPerCharacter(text) < denseBits) return undefined
  const message =
    'This text looks packed or encrypted. Keep such data in a secret or a collection, and say what it is.'
  return { severity: 'warning', code: 'packed_text', message, offset: start }
}

function bitsPerCharacter(text: string): number {
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  return counts
    .values()
    .reduce((bits, count) => bits - (count / text.length) * Math.log2(count / text.length), 0)
}

/** Names that obfuscators give: `_0x3fa2b1`. */
const generatedName = /^_0x[0-9a-f]{1,8}$/
const fewGenerated = 5

/** Signs that lie in the whole script. */
export function obfuscatedScript(source: string, names: ReadonlyMap<string, number>): Remark[] {
  return [...longLines(source), ...generatedNames(names), ...encoded(source)]
}

/** Code that is written in a handful of signs, by encoders that are known by theirs. */
const encodings: readonly RegExp[] = [
  // `(![]+[])[+[]]`, …: eight signs, and hundreds of them.
  /(?=[[\]()!+]{0,20}!\+?\[\])[[\]()!+]{100}/,
  /^[$_\w]{1,20}=~\[\];/m,
  /ﾟωﾟﾉ\s?=/,
]

function encoded(source: string): Remark[] {
  const offset = encodings.map((pattern) => source.search(pattern)).find((found) => found >= 0)
  if (offset === undefined) return []
  const message =
    'This is code that was encoded so that nobody can read it. Save the source that it was made of.'
  return [{ severity: 'high', code: 'obfuscated', message, offset }]
}

function generatedNames(names: ReadonlyMap<string, number>): Remark[] {
  const generated = names
    .entries()
    .filter(([name]) => generatedName.test(name))
    .take(fewGenerated)
    .toArray()
  const [first] = generated
  if (first === undefined || generated.length < fewGenerated) return []
  const message = 'The script has been through an obfuscator. Save the source that it was made of.'
  return [{ severity: 'high', code: 'obfuscated', message, offset: first[1] }]
}

function longLines(source: string): Remark[] {
  for (let start = 0; start <= source.length; ) {
    const newline = source.indexOf('\n', start)
    const end = newline < 0 ? source.length : newline
    if (end - start > longestLine) {
      const message = `This line has ${end - start} characters. Save the source as it was written, not minified.`
      return [{ severity: 'warning', code: 'long_line', message, offset: start }]
    }
    start = end + 1
  }
  return []
}

/** The packer's frame: `eval(function(p,a,c,k,e,d){…`. */
export const packer: Rule = ({ node }) => {
  if (node.type !== 'FunctionExpression') return undefined
  const names = node.params.map(nameOf).join()
  if (!/^p,a,c,k,e,[dr]$/.test(names)) return undefined
  const message = 'The script was packed. Save the source that it was made of.'
  return { severity: 'high', code: 'obfuscated', message, offset: node.start }
}

function nameOf(node: AnyNode): string {
  return node.type === 'Identifier' ? node.name : '?'
}
