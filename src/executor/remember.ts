import type { LRUCache } from 'lru-cache'

/** One load for all who ask meanwhile; a failed one is not remembered. */
export function remember<T>(
  cache: LRUCache<string, Promise<T>>,
  key: string,
  load: () => Promise<T>,
): Promise<T> {
  const known = cache.get(key)
  if (known) return known
  const loading = load()
  cache.set(key, loading)
  loading.catch(() => cache.peek(key) === loading && cache.delete(key))
  return loading
}
