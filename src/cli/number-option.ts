import { ConfigurationError } from '../errors.ts'

export interface NumberRange {
  min: number
  max: number
  whole?: boolean
}

/** @throws {ConfigurationError} naming the option and what it must be. */
export function numberOption<Fallback extends number | null>(
  text: unknown,
  name: string,
  fallback: Fallback,
  range: NumberRange,
): number | Fallback {
  if (text === undefined) return fallback
  const { min, max, whole = false } = range
  const value = typeof text === 'string' && text.trim() !== '' ? Number(text) : Number.NaN
  if (value >= min && value <= max && (!whole || Number.isInteger(value))) return value
  throw new ConfigurationError(
    `${name}: must be a ${whole ? 'whole ' : ''}number from ${min} to ${max}, not "${text}".`,
  )
}
