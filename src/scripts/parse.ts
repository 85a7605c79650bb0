import { type Comment, type Program, parse } from 'acorn'

import { findingAt, refusal, ScriptRefusedError, tooDeeplyNested } from './finding.ts'
import { looksLikeJsx, noJsx, tooEarly } from './syntax-words.ts'

export interface ParsedModule {
  program: Program
  comments: Comment[]
}

const plainWords: readonly [RegExp, string][] = [
  [/^Unexpected character '@'/, 'Decorators are not supported.'],
  [/^Assigning to rvalue/, 'A value cannot be assigned to this.'],
  [/^'with' in strict mode/, '`with` is not available in a module.'],
  [/^'return' outside of function/, '`return` stands outside a function.'],
  [/^Unterminated string constant/, 'This string is not closed on its line.'],
  [/^Unterminated template/, 'This template is not closed; a ` is missing.'],
  [/^Unterminated comment/, 'This comment is not closed; a */ is missing.'],
  [/^Unterminated regular expression/, 'This regular expression is not closed; a / is missing.'],
]

const noAccessor = '`accessor` fields are not supported. Write a getter and a setter.'

/**
 * Parses an ES module on its own, before anything is put around it, so that no text can close our
 * wrapper and continue outside it.
 *
 * @throws {ScriptRefusedError} with the place and the reason in plain words.
 */
export function parseModule(source: string): ParsedModule {
  const comments: Comment[] = []
  try {
    const program = parse(source, { ecmaVersion: 'latest', sourceType: 'module', onComment: comments })
    return { program, comments }
  } catch (error) {
    throw explain(source, error)
  }
}

function explain(source: string, error: unknown): unknown {
  if (error instanceof RangeError) return new ScriptRefusedError([tooDeeplyNested])
  if (!(error instanceof SyntaxError)) return error
  const offset = 'pos' in error && typeof error.pos === 'number' ? error.pos : 0
  if (error.message.startsWith('Not enough stack space')) {
    return new ScriptRefusedError([findingAt(source, offset, tooDeeplyNested)])
  }

  const reason = error.message.replace(/ \(\d+:\d+\)$/, '').slice(0, 300)
  return refusal(source, offset, 'syntax_error', inPlainWords(source, offset, reason))
}

function inPlainWords(source: string, offset: number, reason: string): string {
  if (reason === 'Unexpected token') {
    if (offset >= source.trimEnd().length) return tooEarly
    if (/\baccessor\s+$/.test(source.slice(Math.max(0, offset - 40), offset))) return noAccessor
    const unexpected = `Unexpected ${JSON.stringify(tokenAt(source, offset))}.`
    return source[offset] === '<' && looksLikeJsx(source, offset) ? `${unexpected} ${noJsx}` : unexpected
  }
  return plainWords.find(([pattern]) => pattern.test(reason))?.[1] ?? `${reason}.`
}

function tokenAt(source: string, offset: number): string {
  const [token = ''] = /^(?:[\p{L}\p{N}_$]{1,40}|.)/su.exec(source.slice(offset, offset + 80)) ?? []
  return token
}
