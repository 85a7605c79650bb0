/** A condition on one column: a value that it equals, null, or operators. */
export type Condition = unknown

export interface Statement {
  text: string
  params: unknown[]
}

export interface Query {
  table: string
  columns: readonly string[]
  where: readonly Record<string, Condition>[]
  order: readonly { column: string; direction: string }[]
  limit?: number | undefined
  offset?: number | undefined
}

/**
 * Statements from the parts of the query builder. Names are quoted, values are parameters: neither can change
 * what a statement is. Uses nothing of the guest, so that it can be tested by itself.
 */
export function createSql() {
  class SqlError extends Error {}

  /** In UTF-8. */
  function bytesOf(char: string): number {
    if (char < '\x80') return 1
    if (char < '\u0800') return 2
    return char.length === 1 ? 3 : 4
  }

  function quote(name: unknown, what: string): string {
    if (typeof name !== 'string' || name === '') throw new SqlError(`${what}: the name must be a text.`)
    if (name.includes('\0') || !name.isWellFormed())
      throw new SqlError(`${what}: '${name}' cannot be a name.`)
    // PostgreSQL would cut it, and mean another.
    if (Array.from(name, bytesOf).reduce((sum, bytes) => sum + bytes, 0) > 63)
      throw new SqlError(`${what}: '${name.slice(0, 63)}…' is longer than 63 bytes.`)
    return `"${name.replaceAll('"', '""')}"`
  }

  function tableOf(name: unknown): string {
    const parts = typeof name === 'string' ? name.split('.') : [name]
    if (parts.length > 2) throw new SqlError(`from: '${name}' has more than a schema and a table.`)
    return parts.map((part) => quote(part, 'from')).join('.')
  }

  const operators: Record<string, string> = {
    eq: '=',
    ne: '<>',
    gt: '>',
    gte: '>=',
    lt: '<',
    lte: '<=',
    like: 'like',
    ilike: 'ilike',
  }

  function isOperators(value: unknown): value is Record<string, unknown> {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
    const prototype = Object.getPrototypeOf(value)
    return prototype === Object.prototype || prototype === null
  }

  function createParams() {
    const params: unknown[] = []
    const add = (value: unknown) => `$${params.push(value)}`
    return { params, add }
  }
  type Add = (value: unknown) => string

  /** An undefined value would make a condition that is true of nothing, or be left out: a mistake either way. */
  function defined(value: unknown, column: string): unknown {
    if (value === undefined) throw new SqlError(`where: ${column} is undefined; for NULL write null.`)
    return value
  }

  function among(quoted: string, column: string, values: unknown, add: Add): string {
    if (!Array.isArray(values)) throw new SqlError(`where: ${column}.in must be an array.`)
    const items = values.map((item) => add(defined(item, column)))
    return items.length === 0 ? 'false' : `${quoted} in (${items.join(', ')})`
  }

  function one(column: string, name: string, given: unknown, add: Add): string {
    const value = defined(given, column)
    const quoted = quote(column, 'where')
    if (name === 'isNull') return value ? `${quoted} is null` : `${quoted} is not null`
    if (name === 'in') return among(quoted, column, value, add)
    if (value === null && (name === 'eq' || name === 'ne'))
      return `${quoted} is ${name === 'eq' ? '' : 'not '}null`
    if (!Object.hasOwn(operators, name)) {
      const known = [...Object.keys(operators), 'in', 'isNull'].join(', ')
      throw new SqlError(`where: ${column}.${name} is no operator; there are ${known}.`)
    }
    return `${quoted} ${operators[name]} ${add(value)}`
  }

  function conditionsOf(where: Query['where'], add: Add): string[] {
    return where.flatMap((conditions) =>
      Object.entries(conditions).flatMap(([column, value]) => {
        if (!isOperators(value)) return one(column, 'eq', value, add)
        const given = Object.entries(value)
        if (given.length === 0) throw new SqlError(`where: ${column} has no operator.`)
        return given.map(([name, operand]) => one(column, name, operand, add))
      }),
    )
  }

  function whereOf(where: Query['where'], add: Add): string {
    const conditions = conditionsOf(where, add)
    return conditions.length === 0 ? '' : ` where ${conditions.join(' and ')}`
  }

  function count(value: unknown, what: string): number {
    if (!Number.isSafeInteger(value) || (value as number) < 0)
      throw new SqlError(`${what}: it must be a whole number from 0 on.`)
    return value as number
  }

  function columnsOf(columns: readonly string[], what: string): string {
    return columns.map((column) => quote(column, what)).join(', ') || '*'
  }

  function select({ table, columns, where, order, limit, offset }: Query): Statement {
    const { params, add } = createParams()
    let text = `select ${columnsOf(columns, 'select')} from ${tableOf(table)}${whereOf(where, add)}`
    const orders = order.map(({ column, direction }) => {
      if (direction !== 'asc' && direction !== 'desc')
        throw new SqlError("orderBy: the direction is 'asc' or 'desc'.")
      return `${quote(column, 'orderBy')} ${direction}`
    })
    if (orders.length > 0) text += ` order by ${orders.join(', ')}`
    if (limit !== undefined) text += ` limit ${add(count(limit, 'limit'))}`
    if (offset !== undefined) text += ` offset ${add(count(offset, 'offset'))}`
    return { text, params }
  }

  function counting({ table, where }: Query): Statement {
    const { params, add } = createParams()
    return { text: `select count(*) as "count" from ${tableOf(table)}${whereOf(where, add)}`, params }
  }

  const returningOf = (columns: readonly string[] | undefined) =>
    columns === undefined ? '' : ` returning ${columnsOf(columns, 'returning')}`

  function insert(table: string, given: unknown, returning?: readonly string[]): Statement {
    const rows = (Array.isArray(given) ? given : [given]) as Record<string, unknown>[]
    if (rows.length === 0) throw new SqlError('insert: there is no row.')
    for (const row of rows)
      if (typeof row !== 'object' || row === null || Array.isArray(row))
        throw new SqlError('insert: a row must be an object.')
    const { params, add } = createParams()
    const isGiven = (row: Record<string, unknown>, column: string) =>
      Object.hasOwn(row, column) && row[column] !== undefined
    const columns = [...new Set(rows.flatMap((row) => Object.keys(row).filter((key) => isGiven(row, key))))]
    const into = `insert into ${tableOf(table)}`
    if (columns.length === 0) {
      if (rows.length > 1) throw new SqlError('insert: the rows have no columns.')
      return { text: `${into} default values${returningOf(returning)}`, params }
    }
    const values = rows.map((row) => {
      const items = columns.map((column) => (isGiven(row, column) ? add(row[column]) : 'default'))
      return `(${items.join(', ')})`
    })
    const names = columns.map((column) => quote(column, 'insert')).join(', ')
    return { text: `${into} (${names}) values ${values.join(', ')}${returningOf(returning)}`, params }
  }

  function whereOrAll(where: Query['where'], all: boolean, add: Add, what: string): string {
    const text = whereOf(where, add)
    if (text === '' && !all)
      throw new SqlError(`${what}: there is no where(); to mean every row, say .all().`)
    return text
  }

  interface Change {
    table: string
    where: Query['where']
    all: boolean
    returning?: readonly string[] | undefined
  }

  function update(values: Record<string, unknown>, { table, where, all, returning }: Change): Statement {
    const { params, add } = createParams()
    const sets = Object.entries(values ?? {})
      .filter(([, value]) => value !== undefined)
      .map(([column, value]) => `${quote(column, 'update')} = ${add(value)}`)
    if (sets.length === 0) throw new SqlError('update: there is no value.')
    const condition = whereOrAll(where, all, add, 'update')
    return {
      text: `update ${tableOf(table)} set ${sets.join(', ')}${condition}${returningOf(returning)}`,
      params,
    }
  }

  function remove({ table, where, all, returning }: Change): Statement {
    const { params, add } = createParams()
    const condition = whereOrAll(where, all, add, 'delete')
    return { text: `delete from ${tableOf(table)}${condition}${returningOf(returning)}`, params }
  }

  return { SqlError, select, counting, insert, update, remove }
}
