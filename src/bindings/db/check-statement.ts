import { allowedFunctions, allowedTypes, allowedValues, lengthArgument, longestText } from './functions.ts'
import { nodes, statementKinds } from './nodes.ts'

/** What a statement does, as far as it matters for how it is run. */
export interface Statement {
  /** Whether it needs more than a read-only transaction: it changes or locks rows. */
  writes: boolean
}

/** Part of a statement that a script's SQL may not have; the message says which, and what it may. */
export class NotAllowedError extends Error {
  override readonly name = 'NotAllowedError'
}

type Node = Readonly<Record<string, unknown>>

interface Walk {
  writes: boolean
  /** Names of functions in FROM, with the columns that they were given. */
  functionAliases: Map<string, Set<string>>
  /** `alias.name`, judged when every alias is known. */
  qualified: [table: string, column: string][]
}

/**
 * Judges a parsed text by lists of what is allowed: one statement, of known nodes, functions and types.
 *
 * @throws {NotAllowedError}
 */
export function checkStatement(tree: { stmts?: readonly { stmt?: unknown }[] }): Statement {
  const [only, ...more] = tree.stmts ?? []
  if (only === undefined) throw new NotAllowedError('There is no statement in it.')
  if (more.length > 0) throw new NotAllowedError('Only one statement a call; make a call for each.')
  const [kind = ''] = Object.keys(only.stmt as Node)
  if (!Object.hasOwn(statementKinds, kind)) {
    throw new NotAllowedError('Only SELECT, INSERT, UPDATE, DELETE and MERGE.')
  }
  const walk: Walk = { writes: false, functionAliases: new Map(), qualified: [] }
  visitAll(only.stmt, walk)
  for (const [table, column] of walk.qualified) checkQualified(table, column, walk.functionAliases)
  return { writes: walk.writes }
}

/** Without recursion: how deep a statement is nested is its writer's choice. */
function visitAll(root: unknown, walk: Walk): void {
  const open: [value: unknown, type: string][] = [[root, '*']]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [value, type] = next
    if (type !== '*') visit(type, value as Node, walk, open)
    else if (Array.isArray(value)) for (const element of value) open.push([element, '*'])
    // An empty node stands for an absent one in a list.
    else for (const [name, fields] of Object.entries(value as Node)) visit(name, fields as Node, walk, open)
  }
}

function visit(type: string, fields: Node, walk: Walk, open: [unknown, string][]): void {
  const known = Object.hasOwn(nodes, type) ? nodes[type] : undefined
  if (known === undefined) throw new NotAllowedError(`${describe(type)} is not available to scripts.`)
  for (const [name, value] of Object.entries(fields)) {
    const kind = Object.hasOwn(known, name) ? known[name] : undefined
    if (kind === undefined) throw new NotAllowedError(`${describe(name)} is not available to scripts.`)
    if (kind !== '=') open.push([value, kind])
  }
  if (Object.hasOwn(statementKinds, type) && type !== 'SelectStmt') walk.writes = true
  judges[type]?.(fields, walk)
}

const judges: Readonly<Record<string, (fields: Node, walk: Walk) => void>> = {
  RangeVar: checkRelation,
  FuncCall: checkCall,
  ColumnRef: noteColumn,
  RangeFunction: noteFunction,
  LockingClause: (_, walk) => {
    walk.writes = true
  },
  SQLValueFunction({ op }) {
    if (!allowedValues.has(String(op))) throw new NotAllowedError('Who the database user is cannot be asked.')
  },
  TypeName({ names }) {
    const type = catalogName(names)
    if (type === undefined || !allowedTypes.has(type)) {
      throw new NotAllowedError(`The type ${namesOf(names).join('.')} is not available to scripts.`)
    }
  },
  A_Expr({ name }) {
    if (namesOf(name).length !== 1) throw new NotAllowedError('OPERATOR(schema.name) is not available.')
  },
  SubLink({ operName }) {
    if (namesOf(operName).length > 1) throw new NotAllowedError('OPERATOR(schema.name) is not available.')
  },
  CollateClause({ collname }) {
    if (catalogName(collname) === undefined) throw new NotAllowedError('Collations have no schema here.')
  },
  // `(value).name` calls the function of that name.
  A_Indirection: checkIndirection,
  ResTarget: checkIndirection,
}

function checkRelation({ schemaname, relname }: Node): void {
  const name = String(relname)
  if (schemaname !== undefined && schemaname !== 'pgscript_shared') {
    throw new NotAllowedError(`${schemaname}.${name}: write shared tables without a schema.`)
  }
  if (name.startsWith('pg_')) throw new NotAllowedError(`${name}: the catalog is not available to scripts.`)
}

function checkCall({ funcname, args }: Node): void {
  const name = catalogName(funcname)
  if (name === undefined || !allowedFunctions.has(name)) {
    throw new NotAllowedError(`The function ${namesOf(funcname).join('.')} is not available to scripts.`)
  }
  const place = Object.hasOwn(lengthArgument, name) ? lengthArgument[name] : undefined
  if (place === undefined) return
  const length = ((args as readonly Node[] | undefined)?.[place]?.A_Const as Node | undefined)?.ival
  const value = length === undefined ? undefined : ((length as Node).ival ?? 0)
  if (typeof value !== 'number' || value > longestText) {
    throw new NotAllowedError(`${name}: the length must be written as a number, ${longestText} at most.`)
  }
}

function noteColumn({ fields }: Node, walk: Walk): void {
  const names = namesOf(fields)
  const isStar = names.length < (fields as readonly unknown[]).length
  if (names.length > (isStar ? 2 : 3) || (names.length === 3 && names[0] !== 'pgscript_shared')) {
    throw new NotAllowedError(`${names.join('.')}: write a column as name or table.name.`)
  }
  const [table, column] = names.slice(-2)
  if (!isStar && names.length > 1) walk.qualified.push([table ?? '', column ?? ''])
}

function noteFunction({ functions, alias, coldeflist }: Node, walk: Walk): void {
  const columns = new Set<string>()
  for (const definition of (coldeflist as readonly Node[] | undefined) ?? []) {
    columns.add(String((definition.ColumnDef as Node | undefined)?.colname))
  }
  const { aliasname, colnames } = (alias as Node | undefined) ?? {}
  for (const name of namesOf(colnames)) columns.add(name)
  for (const list of (functions as readonly Node[] | undefined) ?? []) {
    const [call] = ((list.List as Node | undefined)?.items as readonly Node[] | undefined) ?? []
    const called = namesOf((call?.FuncCall as Node | undefined)?.funcname).at(-1)
    const name = String(aliasname ?? called)
    walk.functionAliases.set(name, new Set([...(walk.functionAliases.get(name) ?? []), ...columns]))
  }
}

const columnsOfFunctions = new Set(['ordinality', 'key', 'value'])

/** Of a function in FROM that gives single values, `alias.name` would call the function of that name. */
function checkQualified(table: string, column: string, aliases: Walk['functionAliases']): void {
  const columns = aliases.get(table)
  if (columns === undefined || column === table || columns.has(column) || columnsOfFunctions.has(column))
    return
  throw new NotAllowedError(`${table}.${column}: name the columns of ${table}, as in ${table}(${column}).`)
}

function checkIndirection({ indirection }: Node): void {
  if (namesOf(indirection).length > 0) {
    throw new NotAllowedError('(value).field is not available; put the value in FROM and name its columns.')
  }
}

/** The name, where it has no schema or PostgreSQL's own. */
function catalogName(list: unknown): string | undefined {
  const names = namesOf(list)
  if (names.length === 2 && names[0] === 'pg_catalog') return names[1]
  return names.length === 1 ? names[0] : undefined
}

function namesOf(list: unknown): string[] {
  if (!Array.isArray(list)) return []
  return list.flatMap((item: Node) => {
    const text = item.String as Node | undefined
    return text === undefined ? [] : [String(text.sval ?? '')]
  })
}

/** `intoClause`, `XmlExpr` as words. */
function describe(name: string): string {
  return name.replace(/(?:Stmt|Clause|Expr)$/, '').replace(/([a-z])([A-Z])/g, '$1 $2')
}
