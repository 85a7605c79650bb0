import { CallError } from '../binding.ts'
import { maxParameters } from './limits.ts'

/**
 * Parameters as PostgreSQL reads them, as text: an object becomes JSON, a list an array, a date comes
 * as the ISO text it already is.
 *
 * @throws {CallError} `invalid_arguments`
 */
export function parametersOf(given: unknown): (string | null)[] {
  if (given === undefined || given === null) return []
  if (!Array.isArray(given)) throw invalid('params: must be a list.')
  if (given.length > maxParameters) throw invalid(`params: more than ${maxParameters}.`)
  return given.map((value, place) => asText(value, `params[${place}]`))
}

function asText(value: unknown, name: string): string | null {
  switch (typeof value) {
    case 'string':
      if (value.includes('\0')) throw invalid(`${name}: has a NUL character, which PostgreSQL cannot store.`)
      return value
    case 'number':
    case 'boolean':
      return String(value)
    case 'object':
      if (value === null) return null
      return Array.isArray(value) ? asArray(value, name) : asText(JSON.stringify(value), name)
    default:
      throw invalid(`${name}: must be null, a text, number, boolean, list or object.`)
  }
}

/** An array literal; every element quoted, so that none is taken for NULL or a delimiter. */
function asArray(values: readonly unknown[], name: string): string {
  const elements = values.map((value, place) => {
    if (Array.isArray(value)) return asArray(value, `${name}[${place}]`)
    const text = asText(value, `${name}[${place}]`)
    return text === null ? 'NULL' : `"${text.replace(/[\\"]/g, '\\$&')}"`
  })
  return `{${elements.join(',')}}`
}

function invalid(message: string): CallError {
  return new CallError('invalid_arguments', message)
}
