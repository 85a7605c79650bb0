/// <reference path="./web.d.ts" />
/// <reference path="./web-more.d.ts" />
/// <reference path="./tools.d.ts" />

/** What a pgscript script imports. Every call of the host rejects with a `ScriptError`. */
declare module 'pgscript' {
  export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

  /** The execution at hand. Read-only. */
  export interface Context {
    readonly tenant: { readonly id: string; readonly key: string; readonly name: string }
    /** The part of the tenant: the user's, else the script's. */
    readonly organizationId: string | null
    /** Who started it; of manual and API runs only. */
    readonly user: User | null
    readonly script: {
      readonly id: string
      readonly name: string
      readonly version: number
      readonly metadata: Readonly<Record<string, any>>
      readonly tags: readonly string[]
    }
    readonly executionId: string
    readonly attempt: number
    readonly trigger: {
      readonly type: 'cron' | 'http' | 'event' | 'manual' | 'api' | 'script'
      /** The event that caused the run; its payload is the input. */
      readonly event?: { readonly id: string; readonly type: string }
    }
    readonly limits: { remaining(): RemainingLimits }
    /** Aborts on cancellation and shortly before the wall time ends. */
    readonly signal: AbortSignal
  }
  /** A member of the tenant now; of who is none any more, the id and nothing else. */
  export interface User {
    readonly id: string
    readonly externalId: string | null
    readonly email: string | null
    readonly name: string | null
    readonly roles: readonly string[]
    readonly permissions: readonly string[]
  }
  export interface RemainingLimits {
    wallMs: number
    apiCalls: number
    logLines: number
    logBytes: number
  }
  export const context: Context

  /** What a refused call rejects with. */
  export interface ScriptError extends Error {
    readonly code: string
    readonly retryable: boolean
  }
  /** Fails the execution for good: it is not tried again. */
  export class PermanentError extends Error {}
  /** Fails the attempt; the next one comes after so many seconds. */
  export class RetryAfterError extends Error {
    /** @param seconds also as a Retry-After header has them: as text, or as a date; a week at most, 0 where they are none of it */
    constructor(seconds: number | string, message?: string, options?: { cause?: unknown })
    retryAfterSeconds: number
  }
  /** The answer of an HTTP script, thrown. */
  export class HttpError extends Error {
    constructor(status: number, body?: unknown, options?: { cause?: unknown })
    readonly status: number
    readonly body: unknown
  }

  type Write = (message: unknown, fields?: object) => void
  export const log: {
    readonly debug: Write
    readonly info: Write
    readonly warn: Write
    readonly error: Write
  }

  export interface HttpOptions {
    headers?: Record<string, string>
    /** Added to the URL; arrays give a name several times, null and undefined are left out. */
    query?: Record<string, unknown>
    /** What is sent: one of body, json and form. */
    body?: BodyInit
    json?: unknown
    form?: Record<string, unknown>
    /** Milliseconds. */
    timeout?: number
    redirect?: 'follow' | 'manual' | 'error'
  }
  export interface HttpResult<Data = any> {
    status: number
    ok: boolean
    url: string
    headers: Record<string, string>
    /** The value of JSON where the content type says so, else the text. */
    data: Data
    readonly text: string
    bytes(): Uint8Array<ArrayBuffer>
  }
  type Send = <Data = any>(url: string | URL, options?: HttpOptions) => Promise<HttpResult<Data>>
  /** Does not throw for a status: look at `ok`. */
  export const http: {
    readonly get: Send
    readonly post: Send
    readonly put: Send
    readonly patch: Send
    readonly delete: Send
    request<Data = any>(
      url: string | URL,
      options?: HttpOptions & { method?: string },
    ): Promise<HttpResult<Data>>
  }
  const webFetch: typeof fetch

  export { webFetch as fetch }

  export type Row = Record<string, any>
  export interface Statements {
    query<Result = Row>(sql: string, params?: readonly unknown[]): Promise<Result[]>
    queryOne<Result = Row>(sql: string, params?: readonly unknown[]): Promise<Result | null>
    execute(sql: string, params?: readonly unknown[]): Promise<{ rowCount: number }>
    from<Result = Row>(table: string): QueryBuilder<Result, Result[]>
  }
  export interface Transaction extends Statements {
    /** Always refused: transactions do not nest. */
    transaction(work: unknown): Promise<never>
  }
  export const db: Statements & {
    /** Commits when the function returns, rolls back when it throws. */
    transaction<Value>(
      work: (tx: Transaction) => Value,
      options?: { isolation?: 'read committed' | 'repeatable read' | 'serializable' },
    ): Promise<Awaited<Value>>
  }
  export type Condition =
    | string
    | number
    | boolean
    | null
    | Date
    | {
        eq?: unknown
        ne?: unknown
        gt?: unknown
        gte?: unknown
        lt?: unknown
        lte?: unknown
        like?: string
        ilike?: string
        in?: readonly unknown[]
        isNull?: boolean
      }
  /** Each step gives a new builder; awaiting one runs it. */
  export interface QueryBuilder<Result, Answer> extends PromiseLike<Answer> {
    select(...columns: string[]): QueryBuilder<Result, Answer>
    where(conditions: Record<string, Condition>): QueryBuilder<Result, Answer>
    orderBy(column: string, direction?: 'asc' | 'desc'): QueryBuilder<Result, Answer>
    limit(count: number): QueryBuilder<Result, Answer>
    offset(count: number): QueryBuilder<Result, Answer>
    insert(rows: object | readonly object[]): QueryBuilder<Result, { rowCount: number }>
    update(values: object): QueryBuilder<Result, { rowCount: number }>
    delete(): QueryBuilder<Result, { rowCount: number }>
    returning(...columns: string[]): QueryBuilder<Result, Result[]>
    /** Every row is meant; without it or `where` an update or delete is refused. */
    all(): QueryBuilder<Result, Answer>
    first(): Promise<Result | null>
    count(): Promise<number>
    toSQL(): { text: string; params: unknown[] }
    catch<Other>(onFailed: (error: ScriptError) => Other): Promise<Answer | Other>
    finally(onEnd: () => void): Promise<Answer>
  }

  export interface Collection<Document = any> {
    readonly name: string
    find(query?: {
      where?: object
      /** A field, `-field` for descending, or one field as `{ field: 'desc' }`. */
      orderBy?: string | { readonly [field: string]: 'asc' | 'desc' }
      limit?: number
      after?: string
    }): Promise<{ items: Document[]; next: string | null }>
    get(id: string): Promise<Document | null>
    insert(documents: object | readonly object[]): Promise<any>
    update(id: string, patch: object, options?: { replace?: boolean }): Promise<Document>
    delete(id: string): Promise<boolean>
  }
  export const collections: { get<Document = any>(name: string): Collection<Document> }
  /** Kept for this script of this tenant, for a time. */
  export const cache: {
    get<Value = any>(key: string): Promise<Value | null>
    set(key: string, value: unknown, options?: { ttlSeconds?: number }): Promise<void>
    delete(key: string): Promise<boolean>
    exists(key: string): Promise<boolean>
    increment(key: string, by?: number, options?: { ttlSeconds?: number }): Promise<number>
    expire(key: string, ttlSeconds: number): Promise<boolean>
  }
  /** Kept for the tenant, until deleted. */
  export const storage: {
    get<Value = any>(key: string): Promise<Value | null>
    set(key: string, value: unknown): Promise<void>
    delete(key: string): Promise<boolean>
    exists(key: string): Promise<boolean>
    list(options?: {
      prefix?: string
      limit?: number
      after?: string
    }): Promise<{ keys: string[]; next: string | null }>
  }
  export const events: {
    /** The payload is `{}` unless given. A key that was used before gives the id of the first event. */
    publish(type: string, payload?: unknown, options?: { idempotencyKey?: string }): Promise<{ id: string }>
  }
  export const scripts: {
    execute<Output = any>(name: string, input?: unknown, options?: object): Promise<Output>
    enqueue(name: string, input?: unknown, options?: object): Promise<{ id: string }>
  }
  export const secrets: { get(name: string): Promise<string> }
  export const variables: { get<Value = any>(name: string): Promise<Value> }
  /** Functions that the host platform registers: `services.price('a', 2)`. */
  export const services: { call(name: string, ...args: unknown[]): Promise<any> } & Record<
    string,
    (...args: any[]) => Promise<any>
  >

  export const sdk: {
    readonly context: typeof context
    readonly log: typeof log
    readonly http: typeof http
    readonly fetch: typeof fetch
    readonly db: typeof db
    readonly collections: typeof collections
    readonly cache: typeof cache
    readonly storage: typeof storage
    readonly events: typeof events
    readonly scripts: typeof scripts
    readonly secrets: typeof secrets
    readonly variables: typeof variables
    readonly services: typeof services
    readonly crypto: typeof import('pgscript').crypto
    readonly utils: typeof utils
    readonly PermanentError: typeof PermanentError
    readonly RetryAfterError: typeof RetryAfterError
    readonly HttpError: typeof HttpError
  }
}
