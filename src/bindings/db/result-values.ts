import pg from 'pg'

type Read = (text: string) => unknown

/** Whole numbers of 64 bits: a number as long as JavaScript can hold it exactly, beyond that its digits. */
function whole(text: string): number | string {
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : text
}

/** NaN and the infinities have no JSON; they stay words. */
function float(text: string): number | string {
  const value = Number(text)
  return Number.isFinite(value) ? value : text
}

/** `2026-01-31 12:00:00.5+00` as ISO 8601; the session's zone is UTC. Other forms (infinity, BC) stay. */
function moment(text: string): string {
  return /^\d{4,}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?(\+00)?$/.test(text)
    ? text.replace(' ', 'T').replace('+00', 'Z')
    : text
}

const bytes: Read = (text) => Buffer.from(text.replace(/^\\x/, ''), 'hex').toString('base64')
const boolean: Read = (text) => text === 't'
const json: Read = (text) => JSON.parse(text)
const asIs: Read = (text) => text

/** By the OID of the type and of its array; what is not here is PostgreSQL's text. */
const readers: readonly [type: number, array: number, read: Read][] = [
  [16, 1000, boolean],
  [17, 1001, bytes],
  [20, 1016, whole],
  [21, 1005, Number],
  [23, 1007, Number],
  [25, 1009, asIs],
  [114, 199, json],
  [700, 1021, float],
  [701, 1022, float],
  [1042, 1014, asIs],
  [1043, 1015, asIs],
  [1082, 1182, asIs],
  [1083, 1183, asIs],
  [1114, 1115, moment],
  [1184, 1185, moment],
  [1186, 1187, asIs],
  [1700, 1231, asIs],
  [2950, 2951, asIs],
  [3802, 3807, json],
]

/** As it is, and not as it is declared. */
const arrays = pg.types.arrayParser as unknown as {
  create(text: string, read: Read): { parse(): unknown[] }
}

const byType = new Map<number, Read>(
  readers.flatMap(([type, array, read]) => [
    [type, read],
    [array, (text: string) => arrays.create(text, read).parse()],
  ]),
)

/** A value of a result, as scripts see it. */
export function readValue(typeId: number, text: string | null): unknown {
  return text === null ? null : (byType.get(typeId) ?? asIs)(text)
}

const jsonTypes: readonly number[] = [114, 3802]
/** Besides those above: name, oid, cidr, inet, money, timetz, bit and varbit. */
const otherScalars: readonly number[] = [19, 26, 650, 869, 790, 1266, 1560, 1562]
const scalarTypes = new Set([...readers.map(([type]) => type), ...otherScalars])

export const isJsonType = (typeId: number): boolean => jsonTypes.includes(typeId)
/** Of PostgreSQL's own types the usual ones; of others it is not known. */
export const isScalarType = (typeId: number): boolean => scalarTypes.has(typeId)
