import { ConfigurationError } from '../errors.ts'
import type { CommandInput } from './command.ts'

/**
 * The id of an execution among the arguments.
 *
 * @throws {ConfigurationError} where it is missing or no UUID.
 */
export function executionArgument({ positionals }: CommandInput): string {
  const [id] = positionals
  if (id === undefined)
    throw new ConfigurationError('Give the ID of the execution, as `pgscript run` and the API print it.')
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) return id
  throw new ConfigurationError(`"${id}" is not the id of an execution; ids are UUIDs.`)
}
