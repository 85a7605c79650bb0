import type { Primordials } from './primordials.ts'

/**
 * `Symbol.for` with a registry that is emptied before each run. V8 has one for all contexts of an isolate
 * and never forgets an entry: what one run registers would take memory from every later one.
 */
export function createSymbols(p: Primordials) {
  const make = Symbol
  // Made when they are needed, for few executions do.
  let symbols: Map<string, symbol> | undefined
  let keys: Map<symbol, string> | undefined

  const methods = {
    for(given: unknown) {
      // As a template it refuses a symbol, as the original does.
      const key = `${given}`
      symbols ??= p.newMap()
      keys ??= p.newMap()
      const known = p.mapGet(symbols, key) as symbol | undefined
      if (known !== undefined) return known
      const symbol = make(key)
      p.mapSet(symbols, key, symbol)
      p.mapSet(keys, symbol, key)
      return symbol
    },
    keyFor(symbol: unknown) {
      if (typeof symbol !== 'symbol') throw new p.TypeError(`${p.toText(symbol)} is not a symbol`)
      return keys && p.mapGet(keys, symbol)
    },
  }
  for (const name of ['for', 'keyFor'] as const) {
    const value = methods[name]
    p.defineProperty(make, name, { value, writable: true, enumerable: false, configurable: true })
  }
  return {
    forget: () => {
      symbols = undefined
      keys = undefined
    },
    /** @returns what brings back the registry as it is now */
    keep: () => {
      const keptSymbols = symbols
      const keptKeys = keys
      return () => {
        symbols = keptSymbols
        keys = keptKeys
      }
    },
  }
}
