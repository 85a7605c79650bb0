/** What was reserved for this node: so many tokens, for so long. */
export interface Reservation {
  granted: number
  /** Until the end of the minute that they are for. */
  endsInMs: number
}

export interface TokenBucketOptions {
  /** Reserves up to `wanted` tokens in the database; null when there is no limit (any more). */
  reserve(wanted: number): Promise<Reservation | null>
  /** How many are asked for at once, where nobody waits for more. */
  batch: number
  /** Resolves after so many milliseconds, or when the signal is aborted. */
  pause(milliseconds: number, signal: AbortSignal): Promise<void>
}

export interface Token {
  /** For one that was not used; in another minute it is void. */
  putBack(): void
}

export interface TokenBucket {
  /**
   * Waits for a token until `deadline` (performance.now()), and no longer than one can still come.
   *
   * @returns `late` for none; where there is no limit, a token that costs nothing.
   */
  take(deadline: number, signal: AbortSignal): Promise<Token | 'late'>
}

const unlimited: Token = { putBack: () => undefined }

/**
 * Tokens of one limit. What was reserved counts against the limit in the database at once, so all nodes
 * together never spend more; and it is spent within its minute or not at all. The minute's end is judged by
 * this process's monotonic clock, counted from before the database was asked, so never too late.
 */
export function createTokenBucket({ reserve, batch, pause }: TokenBucketOptions): TokenBucket {
  let tokens = 0
  let endsAt = 0
  let waiting = 0
  let refilling: Promise<Refill> | undefined

  type Refill = { granted: number; endsAt: number } | null

  async function refill(): Promise<Refill> {
    const askedAt = performance.now()
    const reservation = await reserve(Math.max(waiting, batch))
    if (reservation === null) return null
    endsAt = askedAt + reservation.endsInMs
    tokens = reservation.granted
    return { granted: reservation.granted, endsAt }
  }

  /** One question for all who wait. */
  function refillOnce(): Promise<Refill> {
    refilling ??= refill().finally(() => {
      refilling = undefined
    })
    return refilling
  }

  function spend(): Token | undefined {
    if (tokens < 1 || performance.now() >= endsAt) return undefined
    tokens -= 1
    const mine = endsAt
    return {
      putBack() {
        if (mine === endsAt) tokens += 1
      },
    }
  }

  async function wait(deadline: number, signal: AbortSignal): Promise<Token | 'late'> {
    while (!signal.aborted) {
      const answer = await refillOnce()
      if (answer === null) return unlimited
      const token = spend()
      if (token) {
        // Here and not when the caller goes on: the next one to ask must not ask for this one as well.
        waiting -= 1
        return token
      }
      // Others took what came: ask again. Nothing came: nothing will before the next minute.
      if (answer.granted > 0) continue
      if (answer.endsAt >= deadline) break
      await pause(answer.endsAt - performance.now(), signal)
    }
    return 'late'
  }

  return {
    async take(deadline, signal) {
      const now = refilling === undefined ? spend() : undefined
      if (now) return now
      waiting += 1
      let token: Token | 'late' = 'late'
      try {
        token = await wait(deadline, signal)
        return token
      } finally {
        if (token === 'late' || token === unlimited) waiting -= 1
      }
    },
  }
}
