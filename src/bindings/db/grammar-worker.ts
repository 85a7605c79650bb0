import { parentPort } from 'node:worker_threads'
import { hasSqlDetails, loadModule, parseSync } from 'libpg-query'

import { checkStatement, NotAllowedError, type Statement } from './check-statement.ts'

/** What becomes of a text: what it does, or why it is refused. */
export type Verdict =
  | { statement: Statement }
  | { refused: 'sql_syntax_error' | 'sql_not_allowed' | 'sql_too_complex'; message: string }

/** Besides the verdict: whether the thread can be trusted with another text. */
export interface Answer {
  verdict: Verdict
  broken: boolean
}

function judge(sql: string): Answer {
  try {
    return { verdict: { statement: checkStatement(parseSync(sql)) }, broken: false }
  } catch (error) {
    if (error instanceof NotAllowedError) {
      return { verdict: { refused: 'sql_not_allowed', message: error.message }, broken: false }
    }
    if (hasSqlDetails(error)) return { verdict: syntaxError(error), broken: false }
    // A trap inside the parser, such as its stack's end: what it left of its memory is not to be relied on.
    return { verdict: tooComplex, broken: true }
  }
}

const tooComplex: Verdict = {
  refused: 'sql_too_complex',
  message: 'The statement is nested too deeply or too long to be read; make it simpler.',
}

function syntaxError(error: { message: string; sqlDetails?: { cursorPosition: number } }): Verdict {
  if (/memory exhausted|stack depth/.test(error.message)) return tooComplex
  const place = error.sqlDetails ? ` (character ${error.sqlDetails.cursorPosition + 1})` : ''
  return { refused: 'sql_syntax_error', message: `${error.message}${place}.` }
}

await loadModule()
parentPort?.on('message', (sql: string) => parentPort?.postMessage(judge(sql)))
parentPort?.postMessage('ready')
