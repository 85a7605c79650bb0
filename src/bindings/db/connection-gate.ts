import { CallError } from '../binding.ts'

export type Purpose = 'statement' | 'transaction'

export interface GateSizes {
  /** Connections of the pool. */
  connections: number
}

interface Waiting {
  tenantId: string
  purpose: Purpose
  admit(): void
}

/**
 * Shares the connections out: a tenant has half of them at most, transactions of all tenants half, and
 * those of one tenant a quarter, so that neither a busy tenant nor scripts that hold a transaction keep
 * the others waiting. Who comes first goes first, of those who may.
 */
export class ConnectionGate {
  readonly #sizes: Readonly<Record<'all' | 'tenant' | 'transactions' | 'tenantTransactions', number>>
  readonly #held = new Map<string, number>()
  readonly #queue: Waiting[] = []

  constructor({ connections }: GateSizes) {
    const part = (share: number) => Math.max(1, Math.floor(connections * share))
    this.#sizes = {
      all: connections,
      tenant: part(1 / 2),
      transactions: part(1 / 2),
      tenantTransactions: part(1 / 4),
    }
  }

  /**
   * Waits for a place.
   *
   * @returns what gives it back; it may be called more than once.
   * @throws {CallError} `sql_busy` when there is none in time, `execution_ended`.
   */
  async enter(tenantId: string, purpose: Purpose, options: { ms: number; signal: AbortSignal }) {
    if (!this.#mayEnter(tenantId, purpose)) await this.#wait(tenantId, purpose, options)
    else this.#count(tenantId, purpose, 1)
    let left = false
    return () => {
      if (left) return
      left = true
      this.#count(tenantId, purpose, -1)
      this.#admitNext()
    }
  }

  #wait(tenantId: string, purpose: Purpose, { ms, signal }: { ms: number; signal: AbortSignal }) {
    return new Promise<void>((resolve, reject) => {
      const end = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', giveUp)
        const place = this.#queue.indexOf(waiting)
        if (place >= 0) this.#queue.splice(place, 1)
      }
      const refuse = (error: CallError) => {
        end()
        reject(error)
      }
      const giveUp = () => refuse(new CallError('execution_ended', 'This execution has ended.'))
      const late = () =>
        refuse(
          new CallError('sql_busy', 'No connection became free in time; try again.', { retryable: true }),
        )
      const waiting: Waiting = {
        tenantId,
        purpose,
        admit: () => {
          end()
          resolve()
        },
      }
      const timer = setTimeout(late, Math.max(0, ms))
      this.#queue.push(waiting)
      signal.addEventListener('abort', giveUp)
      if (signal.aborted) giveUp()
    })
  }

  #admitNext(): void {
    for (const waiting of [...this.#queue]) {
      if (!this.#mayEnter(waiting.tenantId, waiting.purpose)) continue
      this.#count(waiting.tenantId, waiting.purpose, 1)
      waiting.admit()
    }
  }

  #mayEnter(tenantId: string, purpose: Purpose): boolean {
    const { all, tenant, transactions, tenantTransactions } = this.#sizes
    if (this.#of('') >= all || this.#of(tenantId) >= tenant) return false
    if (purpose === 'statement') return true
    return this.#of('transaction') < transactions && this.#of(`transaction ${tenantId}`) < tenantTransactions
  }

  #of(key: string): number {
    return this.#held.get(key) ?? 0
  }

  #count(tenantId: string, purpose: Purpose, by: number): void {
    const keys = ['', tenantId]
    if (purpose === 'transaction') keys.push('transaction', `transaction ${tenantId}`)
    for (const key of keys) {
      const now = this.#of(key) + by
      if (now === 0) this.#held.delete(key)
      else this.#held.set(key, now)
    }
  }
}
