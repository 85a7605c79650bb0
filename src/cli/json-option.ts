import { ConfigurationError } from '../errors.ts'

/**
 * The JSON of an option; `{}` where it was not given.
 *
 * @throws {ConfigurationError} naming the option and what JSON.parse says.
 */
export function parseJsonOption(text: unknown, name: string): unknown {
  if (text === undefined) return {}
  try {
    return JSON.parse(String(text), (key, value) => requireFinite(key, value, name))
  } catch (error) {
    if (error instanceof ConfigurationError) throw error
    throw new ConfigurationError(
      `${name}: is not JSON (${error instanceof Error ? error.message : error}).`,
      {
        cause: error,
      },
    )
  }
}

/** It would become null on its way, and nobody would know. */
function requireFinite(key: string, value: unknown, name: string): unknown {
  if (typeof value !== 'number' || Number.isFinite(value)) return value
  const where = key === '' ? '' : ` at ${JSON.stringify(key.slice(0, 100))}`
  throw new ConfigurationError(
    `${name}: has a number${where} beyond what JavaScript can hold (1.8e308); give it as a string.`,
  )
}
