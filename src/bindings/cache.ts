import { atMost, jsonArgument, optionsArgument, textArgument, wholeArgument } from './arguments.ts'
import type { Call, OpenBinding, RunScope } from './binding.ts'
import { type Engine, noScript } from './engine.ts'

const longestKey = 500
/** Thirty days: what is kept longer belongs into storage. */
const longestTtl = 2_592_000
/** For what was cached without a time. */
const usualTtl = 86_400

/** `cache.*`: values of one script, for a time, by the database's clock. A crash of the server empties it. */
export function openCache(engine: Engine): OpenBinding {
  return (run) => ({ calls: { ...valueCalls(engine, run), ...timeCalls(engine, run) } })
}

/** Asks the engine about a key of the run's script. */
function asker(engine: Engine, run: RunScope) {
  return async (fn: keyof typeof statements, key: string, ...more: unknown[]) => {
    const [row] = await engine.call<{ value: unknown }>(run, statements[fn], [
      run.scriptId ?? noScript,
      key,
      ...more,
    ])
    return row
  }
}

const statements = {
  get: 'select value from pgscript_engine.cache_get($1, $2, $3, $4)',
  exists: 'select true as value from pgscript_engine.cache_get($1, $2, $3, $4)',
  set: 'select from pgscript_engine.cache_set($1, $2, $3, $4, $5, $6, $7)',
  delete: 'select pgscript_engine.cache_delete($1, $2, $3, $4) as value',
  expire: 'select pgscript_engine.cache_expire($1, $2, $3, $4, $5) as value',
  increment: 'select pgscript_engine.cache_increment($1, $2, $3, $4, $5, $6, $7) as value',
} as const

function valueCalls(engine: Engine, run: RunScope): Record<string, Call> {
  const ask = asker(engine, run)
  return {
    async 'cache.get'(args) {
      atMost('cache.get', args, 1)
      return (await ask('get', textArgument('cache.get', 'key', args[0], longestKey)))?.value ?? null
    },
    async 'cache.exists'(args) {
      atMost('cache.exists', args, 1)
      return (await ask('exists', textArgument('cache.exists', 'key', args[0], longestKey))) !== undefined
    },
    async 'cache.set'(args) {
      const call = 'cache.set'
      atMost(call, args, 3)
      const key = textArgument(call, 'key', args[0], longestKey)
      const value = jsonArgument(call, 'value', args[1], run.limits.value_bytes ?? 0)
      await ask('set', key, value, ttlOption(call, args[2]), run.limits.cache_bytes ?? 0)
      return null
    },
    async 'cache.delete'(args) {
      atMost('cache.delete', args, 1)
      return (await ask('delete', textArgument('cache.delete', 'key', args[0], longestKey)))?.value
    },
  }
}

function timeCalls(engine: Engine, run: RunScope): Record<string, Call> {
  const ask = asker(engine, run)
  return {
    async 'cache.increment'(args) {
      const call = 'cache.increment'
      atMost(call, args, 3)
      const key = textArgument(call, 'key', args[0], longestKey)
      const by = wholeArgument(call, 'by', args[1] ?? 1, {
        min: Number.MIN_SAFE_INTEGER,
        max: Number.MAX_SAFE_INTEGER,
      })
      const row = await ask('increment', key, by, ttlOption(call, args[2]), run.limits.cache_bytes ?? 0)
      // A bigint arrives as text.
      return Number(row?.value)
    },
    async 'cache.expire'(args) {
      const call = 'cache.expire'
      atMost(call, args, 2)
      const key = textArgument(call, 'key', args[0], longestKey)
      const ttl = wholeArgument(call, 'ttlSeconds', args[1], { min: 1, max: longestTtl })
      return (await ask('expire', key, ttl))?.value
    },
  }
}

function ttlOption(call: string, options: unknown): number {
  const { ttlSeconds } = optionsArgument(call, options, ['ttlSeconds'])
  if (ttlSeconds === undefined) return usualTtl
  return wholeArgument(call, 'ttlSeconds', ttlSeconds, { min: 1, max: longestTtl })
}
