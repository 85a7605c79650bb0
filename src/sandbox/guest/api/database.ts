import type { Library } from '../library.ts'
import type { LiveExecution } from '../live.ts'
import type { Primordials } from '../primordials.ts'

/** `db`: statements, transactions, and the query builder. */
export function createDatabase(p: Primordials, library: Library) {
  const { from } = library.load('queryBuilder')
  const { isView } = ArrayBuffer
  const tagOf = p.uncurry(Object.prototype.toString)

  function refuse(code: string, message: string): never {
    throw library.errors.coded(code, message, false)
  }

  const isBytes = (value: unknown) =>
    typeof value === 'object' && value !== null && (isView(value) || tagOf(value) === '[object ArrayBuffer]')

  /** Bytes become base64 on their way; what they are is known by the parameter's type, on the other side. */
  function placesOfBytes(params: readonly unknown[]): string[] {
    const places: string[] = []
    const note = (place: string) =>
      p.defineProperty(places, places.length, {
        value: place,
        enumerable: true,
        configurable: true,
        writable: true,
      })
    for (let index = 0; index < params.length; index += 1) {
      const value = params[index]
      if (isBytes(value)) note(`${index}`)
      else if (p.arrayIsArray(value))
        for (let item = 0; item < value.length; item += 1) if (isBytes(value[item])) note(`${index}.${item}`)
    }
    return places
  }

  /** Statements, of a transaction where one is given. */
  function statements(transaction?: () => unknown) {
    function send(name: string, text: unknown, params: unknown = []): Promise<unknown> {
      if (typeof text !== 'string') refuse('invalid_arguments', `db.${name}: the statement must be a text.`)
      if (!Array.isArray(params)) refuse('invalid_arguments', `db.${name}: the parameters must be an array.`)
      const { calls } = library.live()
      const bytes = placesOfBytes(params)
      if (transaction === undefined && bytes.length === 0) return calls.call(`db.${name}`, [text, params])
      const options = {
        ...(transaction && { transaction: transaction() }),
        ...(bytes.length > 0 && { bytes }),
      }
      return calls.call(`db.${name}`, [text, params, options])
    }
    const runner = {
      query: async (text: unknown, params?: unknown) => await send('query', text, params),
      queryOne: async (text: unknown, params?: unknown) => await send('queryOne', text, params),
      execute: async (text: unknown, params?: unknown) => await send('execute', text, params),
    }
    return { ...runner, from: (table: string) => from(runner, table) }
  }

  async function transaction(
    work: (tx: object) => unknown,
    options?: { isolation?: string },
  ): Promise<unknown> {
    if (typeof work !== 'function')
      refuse('invalid_arguments', 'db.transaction: it needs a function of the transaction.')
    const execution = library.live()
    const { callState } = execution
    if (callState.inTransaction)
      refuse('transaction_open', 'db.transaction: one is open already; end it first, they do not nest.')
    callState.inTransaction = true
    try {
      return await run(execution, work, options)
    } finally {
      callState.inTransaction = false
    }
  }

  async function run(
    { calls }: LiveExecution,
    work: (tx: object) => unknown,
    options?: { isolation?: string },
  ): Promise<unknown> {
    const id = await calls.call('db.begin', options === undefined ? [] : [options])
    let ended = false
    const current = () => {
      if (ended) refuse('transaction_ended', 'This transaction has ended: await what is done in it.')
      return id
    }
    const nested = () => refuse('transaction_open', 'db.transaction: transactions do not nest.')
    const tx = p.freeze({ ...statements(current), transaction: async () => nested() })
    let value: unknown
    try {
      value = await work(tx)
    } catch (thrown) {
      ended = true
      // The script's own error is the one that counts, whatever becomes of the rollback.
      await calls.call('db.rollback', [id]).catch(() => undefined)
      throw thrown
    }
    ended = true
    await calls.call('db.commit', [id])
    return value
  }

  return { db: p.freeze({ ...statements(), transaction }) }
}
