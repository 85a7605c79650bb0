import { destination, type Logger, pino } from 'pino'

export type { Logger } from 'pino'

/**
 * The process's one logger: JSON lines on standard error, so that standard output stays a
 * command's result. Field names are the database's column names (`execution_id`, `tenant_id`).
 */
export function createLogger(level: string): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: ['password', '*.password', 'authorization', '*.authorization', 'capability', '*.capability'],
        censor: '[redacted]',
      },
    },
    destination({ dest: 2, sync: false }),
  )
}

/** A logger that says nothing, for callers who did not ask for one. */
export const silentLogger: Logger = pino({ level: 'silent' })
