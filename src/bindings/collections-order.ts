import { invalid, isObject } from './arguments.ts'
import { parsePath } from './collections-where.ts'

/** In which order documents come. */
export interface Order {
  /** Null: by age. */
  path: string[] | null
  descending: boolean
}

/**
 * Reads `'total'`, `'-total'` or `{ total: 'desc' }`; `created_at`, which is also what holds without an
 * order, is the age of the document.
 */
export function parseOrder(call: string, given: unknown): Order {
  const [name, descending] = named(call, given ?? 'created_at')
  return { path: name === 'created_at' ? null : parsePath(call, 'orderBy', name), descending }
}

function named(call: string, given: unknown): [name: string, descending: boolean] {
  if (typeof given === 'string') return given.startsWith('-') ? [given.slice(1), true] : [given, false]
  const entries = isObject(given) ? Object.entries(given) : []
  const [entry] = entries
  if (entry && entries.length === 1 && (entry[1] === 'asc' || entry[1] === 'desc'))
    return [entry[0], entry[1] === 'desc']
  throw invalid(call, "orderBy must be one field, such as 'total', '-total' or { total: 'desc' }.")
}

/** A place between two documents, for the next page; it holds what the order needs, and means nothing else. */
export function writeCursor(order: Order, place: string): string {
  return Buffer.from(JSON.stringify([nameOf(order), place])).toString('base64url')
}

/**
 * The place that `writeCursor` was given. A forged one can name any place and none but the tenant's own
 * documents; what is no place at all is refused by the database.
 *
 * @throws {CallError} for what `find` did not give, or gave for another order.
 */
export function readCursor(call: string, order: Order, cursor: unknown): string | null {
  if (cursor === undefined || cursor === null) return null
  const [name, place] = parsed(cursor)
  if (typeof place !== 'string' || !isPlace(place)) throw notACursor(call)
  if (name !== nameOf(order))
    throw invalid(call, 'after was given for another orderBy; begin anew without it.')
  return place
}

export function notACursor(call: string): Error {
  return invalid(call, 'after must be what find gave as next.')
}

function parsed(cursor: unknown): readonly unknown[] {
  if (typeof cursor !== 'string' || cursor.length > 100_000) return []
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    return Array.isArray(value) ? value : []
  } catch {
    return []
  }
}

function isPlace(text: string): boolean {
  try {
    const place: unknown = JSON.parse(text)
    if (!isObject(place) || typeof place.rank !== 'number') return false
    return [place.at, place.number, place.string, place.id].every((part) => typeof part === 'string')
  } catch {
    return false
  }
}

function nameOf({ path, descending }: Order): string {
  return `${descending ? '-' : ''}${path === null ? 'created_at' : JSON.stringify(path)}`
}
