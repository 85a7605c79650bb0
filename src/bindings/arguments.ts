import { isDeeperThan } from '../database/json-depth.ts'
import { isStorableJson } from '../database/storable-json.ts'
import { CallError } from './binding.ts'

/** A call whose arguments do not fit; `what` names the argument, the reason and the remedy. */
export function invalid(call: string, what: string): CallError {
  return new CallError('invalid_arguments', `${call}: ${what}`)
}

/** As deep as a value may nest that we keep. */
const deepest = 100

/** A text of 1 to `longest` characters, none of which PostgreSQL could not hold or a log not show. */
export function textArgument(call: string, name: string, value: unknown, longest: number): string {
  if (typeof value === 'string' && value.length >= 1 && value.length <= longest) {
    if (value.isWellFormed() && !/\p{Cc}/u.test(value)) return value
    throw invalid(call, `${name} must hold no control character and no half of a surrogate pair.`)
  }
  throw invalid(call, `${name} must be a text of 1 to ${longest} characters.`)
}

/** What a secret, a variable or a collection may be called. */
export function nameArgument(call: string, name: string, value: unknown): string {
  if (typeof value === 'string' && /^[A-Za-z_][A-Za-z0-9_.-]{0,99}$/.test(value)) return value
  throw invalid(
    call,
    `${name} must be 1 to 100 letters, digits, "_", "-" or ".", the first of them a letter or "_".`,
  )
}

export function wholeArgument(
  call: string,
  name: string,
  value: unknown,
  { min, max }: { min: number; max: number },
): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value
  throw invalid(call, `${name} must be a whole number from ${min} to ${max}.`)
}

export type Fields = Readonly<Record<string, unknown>>

/** Whether it is an object of fields: neither null nor an array. */
export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The options of a call; absent ones are undefined, and none but those in `known` may be given. */
export function optionsArgument<Name extends string>(
  call: string,
  value: unknown,
  known: readonly Name[],
): Partial<Record<Name, unknown>> {
  if (value === undefined || value === null) return {}
  if (!isObject(value)) throw invalid(call, `options must be an object with ${known.join(', ')}.`)
  const unknown = Object.keys(value).find((name) => !known.some((one) => one === name))
  if (unknown !== undefined)
    throw invalid(
      call,
      `there is no option ${JSON.stringify(unknown.slice(0, 60))}; give ${known.join(', ')}.`,
    )
  const given = Object.entries(value).filter(([, option]) => option !== null)
  return Object.fromEntries(given) as Partial<Record<Name, unknown>>
}

/** A value as JSON text that can be kept: of bounded size and depth, and nothing in it that jsonb refuses. */
export function jsonArgument(call: string, name: string, value: unknown, most: number): string {
  if (value === undefined) throw invalid(call, `${name} is missing.`)
  const json = JSON.stringify(value)
  if (isDeeperThan(json, deepest)) throw invalid(call, `${name} is nested deeper than ${deepest} levels.`)
  const size = Buffer.byteLength(json)
  if (size > most) {
    throw new CallError('value_too_large', `${call}: ${name} is ${size} bytes as JSON; the limit is ${most}.`)
  }
  if (!isStorableJson(json)) {
    throw invalid(
      call,
      `${name} must hold no NUL character and no half of a surrogate pair; encode such text.`,
    )
  }
  return json
}

/** Refuses arguments beyond those that a call takes. */
export function atMost(call: string, args: readonly unknown[], most: number): void {
  if (args.length > most)
    throw invalid(call, `takes ${most} argument${most === 1 ? '' : 's'}, not ${args.length}.`)
}
