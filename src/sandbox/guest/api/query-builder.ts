import type { Library } from '../library.ts'
import type { Primordials } from '../primordials.ts'
import type { Query, Statement } from './sql.ts'

/** How a statement is sent: by itself, or within a transaction. */
export interface Runner {
  query(text: string, params: unknown[]): Promise<unknown>
  queryOne(text: string, params: unknown[]): Promise<unknown>
  execute(text: string, params: unknown[]): Promise<unknown>
}

interface Action {
  kind: 'select' | 'insert' | 'update' | 'delete'
  values?: unknown
  all: boolean
  returning?: readonly string[]
}

/** `db.from(table)…`: each step gives a new builder, and awaiting one runs it. */
export function createQueryBuilder(_p: Primordials, library: Library) {
  const sql = library.load('sql')

  function compile(make: () => Statement): Statement {
    try {
      return make()
    } catch (thrown) {
      if (!(thrown instanceof sql.SqlError)) throw thrown
      throw library.errors.coded('invalid_query', thrown.message, false)
    }
  }

  class QueryBuilder {
    readonly #runner: Runner
    readonly #query: Query
    readonly #action: Action

    constructor(runner: Runner, query: Query, action: Action = { kind: 'select', all: false }) {
      this.#runner = runner
      this.#query = query
      this.#action = action
    }

    #with(query: Partial<Query>, action: Partial<Action> = {}): QueryBuilder {
      return new QueryBuilder(this.#runner, { ...this.#query, ...query }, { ...this.#action, ...action })
    }

    select(...columns: string[]): QueryBuilder {
      return this.#with({ columns: columns.flat() })
    }

    where(conditions: Record<string, unknown>): QueryBuilder {
      if (typeof conditions !== 'object' || conditions === null)
        throw library.errors.coded('invalid_query', 'where: the conditions must be an object.', false)
      return this.#with({ where: [...this.#query.where, conditions] })
    }

    orderBy(column: string, direction = 'asc'): QueryBuilder {
      return this.#with({ order: [...this.#query.order, { column, direction }] })
    }

    limit(limit: number): QueryBuilder {
      return this.#with({ limit })
    }

    offset(offset: number): QueryBuilder {
      return this.#with({ offset })
    }

    insert(values: unknown): QueryBuilder {
      return this.#with({}, { kind: 'insert', values })
    }

    update(values: unknown): QueryBuilder {
      return this.#with({}, { kind: 'update', values })
    }

    delete(): QueryBuilder {
      return this.#with({}, { kind: 'delete' })
    }

    returning(...columns: string[]): QueryBuilder {
      return this.#with({}, { returning: columns.flat() })
    }

    /** Of a selection: its rows. Of an update or delete: every row is meant. */
    all(): QueryBuilder {
      return this.#with({}, { all: true })
    }

    async first(): Promise<unknown> {
      const { text, params } = compile(() => sql.select({ ...this.#query, limit: 1 }))
      return await this.#runner.queryOne(text, params)
    }

    async count(): Promise<number> {
      const { text, params } = compile(() => sql.counting(this.#query))
      const row = (await this.#runner.queryOne(text, params)) as { count: unknown } | null
      return Number(row?.count ?? 0)
    }

    /** The statement and its parameters, without running it. */
    toSQL(): Statement {
      const { kind, values, all, returning } = this.#action
      const { table, where } = this.#query
      return compile(() => {
        if (kind === 'select') return sql.select(this.#query)
        if (kind === 'insert') return sql.insert(table, values, returning)
        if (kind === 'delete') return sql.remove({ table, where, all, returning })
        return sql.update(values as Record<string, unknown>, { table, where, all, returning })
      })
    }

    async #run(): Promise<unknown> {
      const { text, params } = this.toSQL()
      const { kind, returning } = this.#action
      if (kind === 'select' || returning !== undefined) return await this.#runner.query(text, params)
      return await this.#runner.execute(text, params)
    }

    // biome-ignore lint/suspicious/noThenProperty: awaiting a builder is how it is run.
    then(onDone?: (value: unknown) => unknown, onFailed?: (error: unknown) => unknown): Promise<unknown> {
      return this.#run().then(onDone, onFailed)
    }

    catch(onFailed?: (error: unknown) => unknown): Promise<unknown> {
      return this.#run().catch(onFailed)
    }

    finally(onEnd?: () => void): Promise<unknown> {
      return this.#run().finally(onEnd)
    }
  }

  return {
    QueryBuilder,
    from: (runner: Runner, table: string) =>
      new QueryBuilder(runner, { table, columns: [], where: [], order: [] }),
  }
}
