import { ConfigurationError } from '../errors.ts'

/**
 * The limits under the database's names: `wallTimeMs` is `wall_time_ms`. What is not an object is left as
 * it is, for the database to refuse.
 *
 * @throws {ConfigurationError} when one limit is given in both spellings.
 */
export function withDatabaseNames(limits: unknown): unknown {
  if (typeof limits !== 'object' || limits === null || Array.isArray(limits)) return limits
  const renamed = new Map<string, unknown>()
  for (const [name, value] of Object.entries(limits)) {
    const databaseName = name.replace(/(?<=[a-z0-9])[A-Z]+/g, (capitals) => `_${capitals.toLowerCase()}`)
    if (renamed.has(databaseName)) {
      throw new ConfigurationError(
        `--limits: ${databaseName} is given twice, also as ${name}; give it once.`,
        {
          field: `limits.${name}`,
        },
      )
    }
    renamed.set(databaseName, value)
  }
  return Object.fromEntries(renamed)
}
