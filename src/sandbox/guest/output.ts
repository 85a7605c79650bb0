import type { GuestErrors } from './errors.ts'
import type { Primordials } from './primordials.ts'

/** Turns what a script returned into JSON text, or says why it cannot be. */
export function createOutput(p: Primordials, errors: GuestErrors) {
  /** Where the first BigInt is; costs a second pass, taken only when the first has failed. */
  function pathOfBigInt(value: unknown): string {
    let found = ''
    const paths = p.newMap<unknown, string>()
    try {
      p.stringify(value, function (this: unknown, key: string, item: unknown) {
        const parent = p.mapGet(paths, this) as string | undefined
        const path = parent === undefined ? 'output' : `${parent}.${key}`
        if (typeof item === 'bigint') {
          if (found === '') found = p.slice(path, 0, 200)
          return null
        }
        if (typeof item === 'object' && item !== null) p.mapSet(paths, item, path)
        return item
      })
    } catch {
      // A cycle, or the author's toJSON: V8's own message is the better one.
    }
    return found
  }

  function unserializable(reason: string): Error {
    return errors.coded('output_not_serializable', `The script's result cannot become JSON: ${reason}`, false)
  }

  function explain(value: unknown, thrown: unknown): Error {
    const bigint = pathOfBigInt(value)
    if (bigint !== '') return unserializable(`${bigint} is a BigInt; convert it to a string or a number.`)
    return unserializable(errors.describe(thrown).message)
  }

  return function outputText(value: unknown): string {
    if (value === undefined) return 'null'
    let text: string | undefined
    try {
      text = p.stringify(value)
    } catch (thrown) {
      throw explain(value, thrown)
    }
    if (typeof text !== 'string') throw unserializable(`it is a ${typeof value}.`)
    return text
  }
}
