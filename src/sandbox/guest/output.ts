import type { Boundary } from './boundary.ts'
import type { GuestErrors } from './errors.ts'

/** Turns what a script returned into JSON text, or says why it cannot be. */
export function createOutput(errors: GuestErrors, boundary: Boundary) {
  function unserializable(reason: string): Error {
    return errors.coded('output_not_serializable', `The script's result cannot become JSON: ${reason}`, false)
  }

  return function outputText(value: unknown): string {
    return boundary.write(value, 'output', unserializable) ?? 'null'
  }
}
