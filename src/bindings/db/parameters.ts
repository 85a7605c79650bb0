import { CallError } from '../binding.ts'
import { maxParameters } from './limits.ts'
import { isJsonType, isScalarType } from './result-values.ts'

/** What is sent: a text; or what it is depends on the type that the statement gives it. */
export type Parameter = string | null | ((typeId: number) => string | null)

/**
 * Parameters as PostgreSQL reads them, as text: an object becomes JSON, a date comes as the ISO text it
 * already is. A list is JSON or an array, and bytes are bytes or their base64, by the parameter's type.
 *
 * @param bytesAt where bytes have become base64 on their way here: places, or places in a list
 * @throws {CallError} `invalid_arguments`
 */
export function parametersOf(given: unknown, bytesAt?: unknown): Parameter[] {
  if (given === undefined || given === null) return []
  if (!Array.isArray(given)) throw invalid('params: must be a list.')
  if (given.length > maxParameters) throw invalid(`params: more than ${maxParameters}.`)
  const bytes = new Set(Array.isArray(bytesAt) ? bytesAt.map(String) : [])
  return given.map((value, place) => {
    const name = `params[${place}]`
    if (Array.isArray(value)) return listOf(value, { name, isBytes: (item) => bytes.has(`${place}.${item}`) })
    const text = asText(value, name)
    if (text === null || !bytes.has(String(place))) return text
    return (typeId) => (typeId === bytea ? asBytes(text) : text)
  })
}

const bytea = 17
const byteas = 1001

const asBytes = (base64: string) => `\\x${Buffer.from(base64, 'base64').toString('hex')}`

interface Listed {
  name: string
  isBytes(place: number): boolean
}

function listOf(values: readonly unknown[], { name, isBytes }: Listed): Parameter {
  // What cannot be sent at all is said before anything is.
  const array = asArray(values, name)
  return (typeId) => {
    if (isJsonType(typeId)) return asText(JSON.stringify(values), name)
    if (typeId === byteas) {
      const items = values.map((value, place) =>
        isBytes(place) && typeof value === 'string' ? asBytes(value) : value,
      )
      return asArray(items, name)
    }
    if (!isScalarType(typeId)) return array
    throw invalid(
      `${name}: is a list where the statement has one value. To compare with any of a list write "= any($1)" instead of "in ($1)"; to store it as text send JSON.stringify(list).`,
    )
  }
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
