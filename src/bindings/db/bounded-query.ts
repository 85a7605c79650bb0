import type { Connection, FieldDef, Submittable } from 'pg'

import type { Parameter } from './parameters.ts'
import { readValue } from './result-values.ts'

export interface BoundedResult {
  rows: Record<string, unknown>[]
  /** Rows returned, or changed where there is nothing to return. */
  rowCount: number
}

export interface QueryBounds {
  rows: number
  bytes: number
}

/** The result is larger than it may be. */
export class ResultBoundError extends Error {
  override readonly name = 'ResultBoundError'
  readonly bound: keyof QueryBounds

  constructor(bound: keyof QueryBounds) {
    super(`The result has too many ${bound}.`)
    this.bound = bound
  }
}

interface BoundedQueryOptions {
  text: string
  values: readonly Parameter[]
  bounds: QueryBounds
}

/** The parts of pg's connection that the extended query protocol takes. */
interface ExtendedProtocol {
  parse(message: { text: string }): void
  bind(message: { values: readonly (string | null)[] }): void
  describe(message: { type: 'P' | 'S' }): void
  execute(message: { rows: number }): void
  flush(): void
  sync(): void
  once(event: 'parameterDescription', heard: (message: { dataTypeIDs: number[] }) => void): void
  removeAllListeners(event: 'parameterDescription'): void
}

/**
 * One statement by the extended protocol, which takes one only. The server is asked for one row more than
 * there may be, and for no more when it has it.
 */
export class BoundedQuery implements Submittable {
  readonly result: Promise<BoundedResult>
  readonly #options: BoundedQueryOptions
  readonly #rows: Record<string, unknown>[] = []
  readonly #settle: { resolve(result: BoundedResult): void; reject(error: unknown): void }
  #fields: FieldDef[] = []
  #error: unknown
  #changed = 0
  #bytes = 0
  #exceeded: keyof QueryBounds | undefined
  /** As long as the parameters' types were asked for and not told. */
  #asked: ExtendedProtocol | undefined

  constructor(options: BoundedQueryOptions) {
    this.#options = options
    const { promise, resolve, reject } = Promise.withResolvers<BoundedResult>()
    this.result = promise
    this.#settle = { resolve, reject }
  }

  submit(connection: Connection): void {
    const protocol = connection as unknown as ExtendedProtocol
    const { text, values } = this.#options
    connection.stream.cork()
    protocol.parse({ text })
    if (values.every(isText)) this.#run(protocol, values)
    else this.#ask(protocol, values)
    connection.stream.uncork()
  }

  /** Only where it matters, for it is one more round trip: which types the parameters have. */
  #ask(protocol: ExtendedProtocol, values: readonly Parameter[]): void {
    this.#asked = protocol
    protocol.once('parameterDescription', ({ dataTypeIDs }) => {
      this.#asked = undefined
      try {
        const texts = values.map((value, place) => (isText(value) ? value : value(dataTypeIDs[place] ?? 0)))
        this.#run(protocol, texts)
      } catch (error) {
        this.#error = error
        protocol.sync()
      }
    })
    protocol.describe({ type: 'S' })
    protocol.flush()
  }

  #run(protocol: ExtendedProtocol, values: readonly (string | null)[]): void {
    protocol.bind({ values })
    protocol.describe({ type: 'P' })
    protocol.execute({ rows: this.#options.bounds.rows + 1 })
    protocol.sync()
  }

  handleRowDescription({ fields }: { fields: FieldDef[] }): void {
    this.#fields = fields
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    const { bounds } = this.#options
    for (const text of fields) this.#bytes += text === null ? 0 : Buffer.byteLength(text)
    if (this.#bytes > bounds.bytes) this.#exceeded ??= 'bytes'
    if (this.#rows.length >= bounds.rows) this.#exceeded ??= 'rows'
    if (this.#exceeded !== undefined || this.#error !== undefined) return
    try {
      this.#rows.push(
        Object.fromEntries(
          this.#fields.map(({ name, dataTypeID }, place) => [
            name,
            readValue(dataTypeID, fields[place] ?? null),
          ]),
        ),
      )
    } catch (error) {
      this.#error = error
    }
  }

  handleCommandComplete({ text }: { text: string }): void {
    this.#changed = Number(/\d+$/.exec(text)?.[0] ?? 0)
  }

  /** The rows asked for were there: one more than there may be. Sync has ended the portal. */
  handlePortalSuspended(): void {
    this.#exceeded ??= 'rows'
  }

  handleEmptyQuery(): void {}

  /** Not to be reached: neither grammar nor rights let COPY through. */
  handleCopyInResponse(connection: { sendCopyFail(message: string): void }): void {
    connection.sendCopyFail('not available')
  }

  handleCopyData(): void {}

  handleError(error: unknown): void {
    // Of a lost connection there is nothing more to come; after a refusal comes ReadyForQuery.
    this.#settle.reject(error)
    if (this.#asked === undefined) return
    this.#asked.removeAllListeners('parameterDescription')
    this.#asked.sync()
    this.#asked = undefined
  }

  handleReadyForQuery(): void {
    if (this.#error !== undefined) this.#settle.reject(this.#error)
    else if (this.#exceeded !== undefined) this.#settle.reject(new ResultBoundError(this.#exceeded))
    else this.#settle.resolve({ rows: this.#rows, rowCount: this.#changed })
  }
}

const isText = (value: Parameter): value is string | null => typeof value !== 'function'
