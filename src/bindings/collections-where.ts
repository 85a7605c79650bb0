import { invalid, isObject } from './arguments.ts'

/** What `where` asks for, as pgscript_engine.find_documents takes it. */
export interface Conditions {
  /** Contained in each document; the index serves it. */
  contains: Json
  /** Contained as well, where one object cannot hold both. */
  all: Json[]
  none: Json[]
  /** Of each list, one contained. */
  any: Json[][]
  /** A jsonpath predicate, for what is compared; with its variables. */
  predicate: string | null
  variables: Json
}

type Json = Record<string, unknown>

interface Condition {
  path: string[]
  op: 'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte' | 'in' | 'exists'
  value: unknown
}

const operators: ReadonlySet<string> = new Set(['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'in', 'exists'])
const mostConditions = 50
const mostInList = 100

/**
 * Reads `{ status: 'paid', 'customer.city': 'Oslo', total: { gte: 100 } }`: a value must be equal, an object
 * or array contained; an object of operators is judged by those.
 *
 * @throws {CallError} `invalid_arguments` naming the path.
 */
export function parseWhere(call: string, where: unknown): Conditions {
  if (where === undefined || where === null) return split([])
  if (!isObject(where)) throw invalid(call, "where must be an object such as { status: 'paid' }.")
  const conditions = Object.entries(where).flatMap(([path, wanted]) => conditionsAt(call, path, wanted))
  if (conditions.length > mostConditions)
    throw invalid(call, `where has ${conditions.length} conditions; the limit is ${mostConditions}.`)
  return split(conditions)
}

/** @throws {CallError} unless it is field names with dots between, at most ten. */
export function parsePath(call: string, name: string, path: unknown): string[] {
  const steps = typeof path === 'string' && path.length <= 500 ? path.split('.') : []
  if (steps.length < 1 || steps.length > 10 || steps.some((step) => step === ''))
    throw invalid(call, `${name} must be a field, or up to ten with dots between, such as customer.city.`)
  if (typeof path === 'string' && (!path.isWellFormed() || path.includes('\0')))
    throw invalid(call, `${name} must hold no NUL character and no half of a surrogate pair.`)
  return steps
}

function conditionsAt(call: string, path: string, wanted: unknown): Condition[] {
  const steps = parsePath(call, `where: ${JSON.stringify(path.slice(0, 60))}`, path)
  const names = isObject(wanted) ? Object.keys(wanted) : []
  const known = names.filter((name) => operators.has(name))
  if (!isObject(wanted) || known.length === 0) return [{ path: steps, op: 'eq', value: wanted }]
  if (known.length < names.length) {
    throw invalid(
      call,
      `where: ${path}: holds both operators and other fields; write { eq: … } around a value with such fields.`,
    )
  }
  return Object.entries(wanted).map(([op, value]) =>
    checked(call, path, { path: steps, op: op as Condition['op'], value }),
  )
}

function checked(call: string, path: string, condition: Condition): Condition {
  const { op, value } = condition
  const refuse = (what: string) => invalid(call, `where: ${path}: ${op} ${what}.`)
  if (op === 'exists' && typeof value !== 'boolean') throw refuse('takes true or false')
  if (op === 'in' && (!Array.isArray(value) || value.length > mostInList))
    throw refuse(`takes an array of at most ${mostInList} values`)
  if (['gt', 'gte', 'lt', 'lte'].includes(op) && typeof value !== 'number' && typeof value !== 'string')
    throw refuse('compares numbers or texts')
  return condition
}

/** Equalities go together into one object, as far as they do not get into each other's way. */
function split(conditions: readonly Condition[]): Conditions {
  const tree: Tree = new Map()
  const others = conditions.filter(({ path, op, value }) => op !== 'eq' || !plant(tree, path, value))
  const judged = others.filter(({ op }) => op in comparisons || op === 'exists')
  const nestedOf = (wanted: Condition['op']) =>
    others.filter(({ op }) => op === wanted).map(({ path, value }) => nested(path, value))
  return {
    contains: asObject(tree),
    all: nestedOf('eq'),
    none: nestedOf('ne'),
    any: others
      .filter(({ op }) => op === 'in')
      .map(({ path, value }) => (value as unknown[]).map((one) => nested(path, one))),
    predicate: judged.length === 0 ? null : `strict ${judged.map(predicateOf).join(' && ')}`,
    variables: Object.fromEntries(judged.map(({ value }, place) => [`v${place}`, value])),
  }
}

const comparisons = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const

function predicateOf({ path, op, value }: Condition, place: number): string {
  const at = jsonPath(path)
  // A field that is not there is an error in the strict mode, and what is asked about it unknown.
  if (op === 'exists') return value === true ? `exists(${at})` : `((exists(${at})) is unknown)`
  return `(${at} ${comparisons[op as keyof typeof comparisons]} $v${place})`
}

/** Through objects only, in the strict mode; jsonpath takes a name as JSON writes it. */
export function jsonPath(path: readonly string[]): string {
  return `$${path.map((step) => `.${JSON.stringify(step)}`).join('')}`
}

function nested(path: readonly string[], value: unknown): Json {
  return path.reduceRight<unknown>((inner, step) => Object.fromEntries([[step, inner]]), value) as Json
}

class Leaf {
  readonly value: unknown
  constructor(value: unknown) {
    this.value = value
  }
}
/** A map, for field names such as `__proto__` are only names here. */
type Tree = Map<string, Tree | Leaf>

function plant(tree: Tree, path: readonly string[], value: unknown): boolean {
  const [step = '', ...rest] = path
  const there = tree.get(step)
  if (rest.length === 0) {
    if (there !== undefined) return false
    tree.set(step, new Leaf(value))
    return true
  }
  if (there instanceof Leaf) return false
  const below: Tree = there ?? new Map()
  if (!plant(below, rest, value)) return false
  tree.set(step, below)
  return true
}

function asObject(tree: Tree): Record<string, unknown> {
  return Object.fromEntries(
    [...tree].map(([step, below]) => [step, below instanceof Leaf ? below.value : asObject(below)]),
  )
}
