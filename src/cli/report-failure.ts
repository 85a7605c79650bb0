import { DatabaseError } from 'pg'
import {
  isConnectionError,
  RefusedByDatabaseError,
  understandDatabaseError,
} from '../database/database-error.ts'
import { AppError, ConfigurationError, DatabaseUnusableError, InvalidInputError } from '../errors.ts'
import { type ExitCode, exitCodes } from './command.ts'

/** Says what went wrong: a sentence on standard error, or `{ "error": … }` on standard output with --json. */
export function reportFailure(thrown: unknown, json: boolean): ExitCode {
  const error = understandDatabaseError(thrown)
  const { code, message, field, hint } = describe(error)
  if (json) {
    process.stdout.write(
      `${JSON.stringify({ error: { code, message, ...(field && { field }), ...(hint && { hint }) } })}\n`,
    )
  } else {
    process.stderr.write(`pgscript: ${message}\n${hint ? `${hint}\n` : ''}`)
    if (code === 'internal_error' && error instanceof Error) process.stderr.write(`${error.stack}\n`)
  }
  return exitCodeOf(error)
}

function describe(error: unknown): {
  code: string
  message: string
  field?: string | undefined
  hint?: string | undefined
} {
  if (error instanceof RefusedByDatabaseError) return error
  if (error instanceof AppError) return { code: error.code, message: error.message, field: error.field }
  const message =
    error instanceof AggregateError
      ? error.errors.map(String).join('; ')
      : error instanceof Error
        ? error.message
        : String(error)
  if (isConnectionError(error))
    return { code: 'database_unavailable', message: `The database cannot be reached: ${message}` }
  if (error instanceof DatabaseError)
    return { code: 'database_error', message: `The database refused: ${message}` }
  return { code: 'internal_error', message }
}

function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof ConfigurationError || error instanceof InvalidInputError) return exitCodes.usage
  if (error instanceof DatabaseUnusableError || isConnectionError(error)) return exitCodes.unavailable
  if (error instanceof AppError) return error.status === 422 ? exitCodes.usage : exitCodes.refused
  if (error instanceof DatabaseError)
    return error.code?.startsWith('28') || error.code === '3D000' ? exitCodes.unavailable : exitCodes.failed
  return exitCodes.failed
}
