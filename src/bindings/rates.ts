import { setTimeout as delay } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'

import { type Database, query } from '../database/database.ts'
import { CallError, type RunScope } from './binding.ts'
import { noScript } from './engine.ts'
import { createTokenBucket, type Token, type TokenBucket, type TokenBucketOptions } from './token-bucket.ts'

/** Calls per minute, by kind; absent: no limit. */
type Rates = Readonly<Record<string, number>>

interface RatesOf {
  tenant: Rates
  script: Rates
}

export interface RateLimiter {
  /**
   * Lets a call in within the limits per minute of its script and its tenant, which hold over all nodes:
   * at once, or after a wait within the run's time.
   *
   * @throws {CallError} `rate_limited`, retryable, when no call can be made before the run's time is over.
   */
  admit(run: RunScope, kind: string): Promise<void>
}

/** Limits may change at any time, so they are read again this often. */
const usualTtlMs = 10_000

export function createRateLimiter(
  database: Database,
  options: { ttlMs?: number; pause?: TokenBucketOptions['pause'] } = {},
): RateLimiter {
  const { ttlMs = usualTtlMs, pause = pauseFor } = options
  const rates = new LRUCache<string, Promise<RatesOf>>({ max: 10_000, ttl: ttlMs })
  // A bucket that is forgotten takes its tokens with it: the limit holds, and is not used up in that minute.
  const buckets = new LRUCache<string, TokenBucket>({ max: 50_000 })

  function ratesOf(run: RunScope): Promise<RatesOf> {
    const key = `${run.tenantId} ${run.scriptId ?? ''}`
    const known = rates.get(key)
    if (known) return known
    const reading = readRates(database, run)
    rates.set(key, reading)
    reading.catch(() => rates.delete(key))
    return reading
  }

  function bucketOf(tenantId: string, scriptId: string, kind: string, rate: number): TokenBucket {
    const key = `${tenantId} ${scriptId} ${kind}`
    const known = buckets.get(key)
    if (known) return known
    const bucket = createTokenBucket({
      reserve: (wanted) => reserve(database, { tenantId, scriptId, kind, wanted }),
      // A fiftieth: what a node keeps to itself in vain is little.
      batch: Math.min(100, Math.max(1, Math.floor(rate / 50))),
      pause,
    })
    buckets.set(key, bucket)
    return bucket
  }

  return {
    async admit(run, kind) {
      const { tenant, script } = await ratesOf(run)
      const taken: Token[] = []
      // The script's first: its calls must not use up the tenant's while they wait for their own.
      for (const [scriptId, rate] of [
        [run.scriptId ?? noScript, script[kind]],
        [noScript, tenant[kind]],
      ] as const) {
        if (rate === undefined) continue
        const bucket = bucketOf(run.tenantId, scriptId, kind, rate)
        const token = await bucket.take(run.deadline, run.signal)
        if (token !== 'late') {
          taken.push(token)
          continue
        }
        for (const unused of taken) unused.putBack()
        throw rateLimited(kind, rate, scriptId === noScript ? 'tenant' : 'script')
      }
    },
  }
}

function rateLimited(kind: string, rate: number, whose: string): CallError {
  return new CallError(
    'rate_limited',
    `The ${whose} has made its ${rate} calls of ${kind} in this minute, and the next one is beyond this run's time.`,
    { retryable: true },
  )
}

async function pauseFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(Math.max(0, milliseconds), undefined, { signal }).catch(() => undefined)
}

async function readRates(database: Database, { tenantId, scriptId }: RunScope): Promise<RatesOf> {
  const [row] = await query<{ rates: RatesOf | null }>(
    database,
    'select pgscript_engine.api_rates(capability => $1, tenant_id => $2, script_id => $3) as rates',
    [database.capability, tenantId, scriptId],
  )
  return row?.rates ?? { tenant: {}, script: {} }
}

async function reserve(
  database: Database,
  { tenantId, scriptId, kind, wanted }: { tenantId: string; scriptId: string; kind: string; wanted: number },
) {
  const [row] = await query<{ granted: number; ends_in_ms: number; is_limited: boolean }>(
    database,
    `select granted, ends_in_ms, is_limited from pgscript_engine.reserve_api_calls(
       capability => $1, tenant_id => $2, script_id => $3, kind => $4, wanted => $5)`,
    [database.capability, tenantId, scriptId, kind, wanted],
  )
  if (!row?.is_limited) return null
  return { granted: row.granted, endsInMs: row.ends_in_ms }
}
