import { ConfigurationError } from '../errors.ts'

/**
 * The JSON of an option; `{}` where it was not given.
 *
 * @throws {ConfigurationError} naming the option and what JSON.parse says.
 */
export function parseJsonOption(text: unknown, name: string): unknown {
  if (text === undefined) return {}
  try {
    return JSON.parse(String(text))
  } catch (error) {
    throw new ConfigurationError(
      `${name}: is not JSON (${error instanceof Error ? error.message : error}).`,
      {
        cause: error,
      },
    )
  }
}
