import { isCatastrophic } from './regexp-shape.ts'

export type JsonSchema = Record<string, unknown> | boolean

export interface SchemaFault {
  code: string
  /** JSON pointer into the schema. */
  path: string
  reason: string
}

/** Deeper, and generating or running its validator may exhaust the stack. */
const deepest = 40
const mostValues = 10_000
const mostBytes = 65_536

/** Keywords whose value is data and no schema: what stands in it is taken literally. */
const dataKeywords: ReadonlySet<string> = new Set(['const', 'enum', 'default', 'examples'])

interface Visit {
  key: string
  value: unknown
  path: string
  depth: number
  /** Keys of `properties` and its kin are names of the author's, not keywords. */
  isNames: boolean
}

const namesKeywords: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependentSchemas',
  'dependentRequired',
  'dependencies',
])

/** What makes a schema unfit to be compiled, if anything; read without recursion, and never run. */
export function schemaHazard(schema: JsonSchema): SchemaFault | undefined {
  const bytes = Buffer.byteLength(JSON.stringify(schema))
  if (bytes > mostBytes) return fault('schema_too_large', '', `has ${bytes} bytes; ${mostBytes} are allowed`)
  const pending: Visit[] = [{ key: '', value: schema, path: '', depth: 0, isNames: false }]
  let values = 0
  for (let visit = pending.pop(); visit; visit = pending.pop()) {
    values += 1
    if (values > mostValues) return fault('schema_too_complex', '', `has more than ${mostValues} values`)
    if (visit.depth > deepest)
      return fault('schema_too_complex', visit.path, `is nested more than ${deepest} levels deep`)
    for (const child of childrenOf(visit)) {
      const found = Array.isArray(visit.value) ? undefined : judge(child, visit)
      if (found) return found
      if (visit.isNames || !dataKeywords.has(child.key)) pending.push(child)
    }
  }
  return undefined
}

/** Each `format` that a schema names, with its place; of a schema without a hazard. */
export function formatsOf(schema: JsonSchema): { path: string; format: string }[] {
  const formats: { path: string; format: string }[] = []
  const pending: Visit[] = [{ key: '', value: schema, path: '', depth: 0, isNames: false }]
  for (let visit = pending.pop(); visit; visit = pending.pop()) {
    for (const child of childrenOf(visit)) {
      const { key, value, path } = child
      const isKeyword = !visit.isNames && !Array.isArray(visit.value)
      if (isKeyword && key === 'format' && typeof value === 'string') formats.push({ path, format: value })
      if (visit.isNames || !dataKeywords.has(key)) pending.push(child)
    }
  }
  return formats
}

function childrenOf({ value, path, depth, isNames }: Visit): Visit[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).map(([key, child]) => ({
    key,
    value: child,
    path: `${path}/${key.replaceAll('~', '~0').replaceAll('/', '~1').slice(0, 100)}`,
    depth: depth + 1,
    isNames: !isNames && !Array.isArray(value) && namesKeywords.has(key),
  }))
}

function judge({ key, value, path }: Visit, { isNames, path: parent }: Visit) {
  if (isNames) {
    return parent.endsWith('/patternProperties') ? judgePattern(key, path) : undefined
  }
  if (key === '$async') return fault('invalid_schema', path, 'is not supported; leave it out')
  if (key === 'pattern' && typeof value === 'string') return judgePattern(value, path)
  if ((key === '$ref' || key === '$dynamicRef') && typeof value === 'string' && !value.startsWith('#')) {
    return fault('remote_ref', path, 'refers outside this schema; put what it names into `$defs`')
  }
  return undefined
}

function judgePattern(pattern: string, path: string) {
  if (!isCatastrophic(pattern)) return undefined
  const reason = 'can take exponential time on some texts; do not repeat what is repeated within'
  return fault('catastrophic_pattern', path, reason)
}

function fault(code: string, path: string, reason: string): SchemaFault {
  return { code, path, reason }
}
