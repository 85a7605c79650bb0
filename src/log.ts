import { type DestinationStream, destination, type Logger, pino, stdSerializers } from 'pino'

export type { Logger } from 'pino'

const loggedOfErrors = [
  'type',
  'message',
  'stack',
  'aggregateErrors',
  'code',
  'severity',
  'where',
  'constraint',
  'details',
] as const

/** Of an error only what says what happened: node-postgres hangs its whole client on some. */
function errorFields(error: Error): object {
  const fields: Record<string, unknown> = { ...stdSerializers.err(error) }
  return Object.fromEntries(
    loggedOfErrors.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]]])),
  )
}

/**
 * The process's one logger: JSON lines on standard error, so that standard output stays a
 * command's result. Field names are the database's column names (`execution_id`, `tenant_id`).
 */
export function createLogger(
  level: string,
  to: DestinationStream = destination({ dest: 2, sync: false }),
): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: errorFields },
      redact: {
        paths: ['password', '*.password', 'authorization', '*.authorization', 'capability', '*.capability'],
        censor: '[redacted]',
      },
    },
    to,
  )
}

/** A logger that says nothing, for callers who did not ask for one. */
export const silentLogger: Logger = pino({ level: 'silent' })
