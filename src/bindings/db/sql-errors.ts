import { DatabaseError } from 'pg'

import { isConnectionError } from '../../database/database-error.ts'
import { CallError } from '../binding.ts'
import { ResultBoundError } from './bounded-query.ts'
import { maxResultBytes, maxRows } from './limits.ts'

interface Meaning {
  code: string
  message: string
  retryable?: boolean
}

/** By SQLSTATE. Nothing of the server's own words: they name keys of other tenants, tables and roles. */
const meanings: Readonly<Record<string, Meaning>> = {
  '23502': { code: 'not_null_violation', message: 'A column that must have a value would have none.' },
  '23503': {
    code: 'foreign_key_violation',
    message: 'The row refers to one that is not there, or is still referred to.',
  },
  '23505': { code: 'unique_violation', message: 'There is a row with this key already.' },
  '23514': { code: 'check_violation', message: 'A value is outside of what the table allows.' },
  '23P01': { code: 'check_violation', message: 'The row collides with another one that is there.' },
  '44000': { code: 'check_violation', message: 'The row would not be one of this tenant.' },
  '40001': {
    code: 'sql_conflict',
    message: 'Another transaction changed the same rows; try again.',
    retryable: true,
  },
  '40P01': {
    code: 'sql_conflict',
    message: 'This and another transaction waited for each other; try again.',
    retryable: true,
  },
  '55P03': {
    code: 'sql_timeout',
    message: 'Another transaction holds the rows; try again.',
    retryable: true,
  },
  '57014': { code: 'sql_timeout', message: 'The statement took too long.' },
  '08P01': { code: 'invalid_arguments', message: 'There are not as many params as the statement has.' },
  '42601': { code: 'sql_syntax_error', message: 'The statement is not SQL.' },
  '42501': { code: 'sql_not_allowed', message: 'Scripts may not do this with the table.' },
  '42P01': { code: 'sql_not_allowed', message: 'There is no shared table of that name.' },
  '3F000': { code: 'sql_not_allowed', message: 'There is no shared table of that name.' },
  '25006': { code: 'sql_not_allowed', message: 'The statement may not write.' },
  '53200': { code: 'sql_error', message: 'The statement needs too much memory.' },
  '53400': { code: 'sql_error', message: 'The statement needs too much of the disk.' },
  '54000': { code: 'sql_too_complex', message: 'The statement is too complex.' },
  '54001': { code: 'sql_too_complex', message: 'The statement is nested too deeply.' },
}

/**
 * Classes of which the server's own words are told: they speak of the statement's own text and values
 * (22 data, 42 names and types, 0A features, 21 cardinality).
 */
const ownWords = /^(22|42|0A|21)/

/**
 * What a script is told of a statement that failed. `said` is the script's own part in it: text and
 * parameters.
 */
export function sqlError(error: unknown, said: readonly (string | null)[] = []): CallError {
  if (error instanceof CallError) return error
  if (error instanceof ResultBoundError) return boundError(error)
  if (error instanceof DatabaseError) return refusalOf(error, said)
  if (isConnectionError(error)) return unavailable(error)
  return new CallError('sql_error', 'The statement failed.', { cause: error })
}

function refusalOf(error: DatabaseError, said: readonly (string | null)[]): CallError {
  const state = error.code ?? ''
  const known = meanings[state]
  if (known) {
    const { code, message, retryable = false } = known
    return new CallError(code, `sql: ${message}${placeOf(error)}`, { retryable, cause: error })
  }
  if (isConnectionError(error) || state.startsWith('57P') || state.startsWith('25P03'))
    return unavailable(error)
  if (ownWords.test(state)) {
    return new CallError('sql_error', `sql: ${plain(error.message, said)}${placeOf(error)}.`, {
      cause: error,
    })
  }
  // Such as an exception that a trigger of the host raises: its words were written for somebody else.
  return new CallError('sql_error', 'sql: The statement was refused by the table.', { cause: error })
}

function placeOf({ position }: DatabaseError): string {
  return position ? ` (character ${position})` : ''
}

/**
 * One line, of a length that fits a log. What it quotes is told only where the script said it itself: a
 * value could be that of a row which a condition of the platform's own has met.
 */
function plain(message: string, said: readonly (string | null)[]): string {
  const line = message.replace(/"((?:[^"]|"(?=\S))*)"/g, (quoted, inner: string) =>
    said.some((text) => text?.toLowerCase().includes(inner.toLowerCase())) ? quoted : '"…"',
  )
  return line.replace(/\s+/g, ' ').slice(0, 300)
}

function boundError({ bound }: ResultBoundError): CallError {
  return bound === 'rows'
    ? new CallError('sql_too_many_rows', `sql: More than ${maxRows} rows; use LIMIT, or a condition.`)
    : new CallError('sql_result_too_large', `sql: The result is larger than ${maxResultBytes / 2 ** 20} MB.`)
}

/** What a script is told where no transaction could be opened for it, whatever the reason. */
export function unavailable(cause: unknown): CallError {
  return new CallError('sql_unavailable', 'The database cannot be reached; try again.', {
    retryable: true,
    cause,
  })
}
