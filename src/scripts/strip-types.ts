import { stripTypeScriptTypes } from 'node:module'

import { refusal, ScriptRefusedError, tooDeeplyNested } from './finding.ts'
import { looksLikeJsx, noJsx, tooEarly } from './syntax-words.ts'

// Node's type stripper is a WebAssembly module with a fixed stack. Input nested a few thousand deep
// makes it trap, and it never works again in that process: not for the next script, and not for Node's
// own loading of .ts files. So tenants' sources are read in a process that is replaced when that happens.

let broken = false

/** Whether a source has broken the type stripper for the rest of this process. */
export function isStripperBroken(): boolean {
  return broken
}

/**
 * Replaces types by blanks, so that every line and column stays where it was.
 *
 * @throws {ScriptRefusedError} where the text is not TypeScript, or TypeScript that has to be
 *   compiled (enums, namespaces, parameter properties).
 */
export function stripTypes(source: string): string {
  if (broken) throw new Error('An earlier source has broken the type stripper of this process.')
  try {
    return stripTypeScriptTypes(source, { mode: 'strip' })
  } catch (error) {
    throw explain(source, error)
  }
}

const remedies: readonly [RegExp, string][] = [
  [/enum/, 'Enums are not supported. Use an object: `const Color = { Red: "red" } as const`.'],
  [/namespace|module declaration/, 'Namespaces are not supported. Use plain functions and constants.'],
  [
    /parameter property/,
    'Parameter properties are not supported. Declare the field and assign it in the constructor.',
  ],
  [/angle-bracket/, 'The assertion `<T>value` is not supported. Write `value as T`.'],
  [/import equals/, '`import x = …` is not supported. Write `import { x } from "…"`.'],
  [/export assignment/, '`export = …` is not supported. Write `export default …`.'],
]

function explain(source: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { message } = error
  const code = codeOf(error)
  if (code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') {
    const remedy = remedies.find(([pattern]) => pattern.test(message))?.[1]
    const text = `${remedy ?? message} Only types that can be removed are accepted.`
    return refusal(source, placeOf(source, error), 'typescript_not_erasable', text)
  }
  if (code === 'ERR_INVALID_TYPESCRIPT_SYNTAX') {
    const offset = placeOf(source, error)
    return refusal(source, offset, 'syntax_error', inPlainWords(source, offset, message.slice(0, 300)))
  }
  broken = true
  if (/out of bounds|call stack/.test(message)) return new ScriptRefusedError([tooDeeplyNested])
  return refusal(source, 0, 'too_complex', 'This cannot be read as TypeScript; look for very long lines.')
}

function codeOf(error: Error): unknown {
  return 'code' in error ? error.code : undefined
}

function inPlainWords(source: string, offset: number, reason: string): string {
  if (looksLikeJsx(source, offset)) return `${reason.replace(/\.?$/, '.')} ${noJsx}`
  return /<eof>/.test(reason) ? `${tooEarly} (${reason})` : reason
}

/**
 * Where the complaint is. The picture that it is read from counts terminal cells, and how many a character takes is
 * not for certain; so of a source with more than letters that take one, it is drawn again with such letters only.
 */
function placeOf(source: string, error: Error): number {
  const { stack = '', message } = error
  const plain = source.replace(/[^\n\x20-\x7e]/g, (unit) => (/\s/.test(unit) ? ' ' : 'a'))
  if (plain === source) return offsetOf(source, stack)
  try {
    stripTypeScriptTypes(plain, { mode: 'strip' })
  } catch (again) {
    if (!(again instanceof Error)) throw again
    if (codeOf(again) === undefined) broken = true
    if (again.message === message && codeOf(again) === codeOf(error))
      return offsetOf(plain, again.stack ?? '')
  }
  return offsetOf(source, stack)
}

/**
 * Node gives the position only as a picture above the stack: `:LINE`, lines of the source, and a caret
 * below the place; or a `>` before each line where several are meant; or no mark for a line's end.
 */
function offsetOf(source: string, stack: string): number {
  const [, lineNumber] = /^:(\d+)\n/.exec(stack) ?? []
  if (lineNumber === undefined) return 0
  const lines = source.split('\n', Number(lineNumber))
  const line = lines.pop() ?? ''
  const start = lines.reduce((length, { length: more }) => length + more + 1, 0)

  const [, indent] = /^( *)\^+$/m.exec(stack) ?? []
  if (indent !== undefined) return start + characterAt(line, indent.length)
  return start + (/^ {2}> /m.test(stack) ? line.search(/\S|$/) : line.length)
}

/** The caret counts terminal cells, of which one character may take none to four. */
function characterAt(line: string, cells: number): number {
  let width = 0
  let index = 0
  for (const character of line) {
    if (width >= cells) break
    width += character === '\t' ? 4 - (width % 4) : cellsOf(character)
    index += character.length
  }
  return index
}

function cellsOf(character: string): number {
  if (/\p{Mn}|\p{Cf}/u.test(character)) return 0
  return /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
    character,
  )
    ? 2
    : 1
}
