// hazard: keeps functions and promises of this execution where a later one of the same script could find them
// expect: completed
// output: 0
const kept = []
export default async () => {
  const found = kept.length + (globalThis.kept?.length ?? 0)
  kept.push(sdk.cache.get, console.log, setTimeout, queueMicrotask, new Promise(() => {}))
  globalThis.kept = kept
  for (const owner of [Array.prototype, Object, Math, console.log, sdk.cache.get, Promise]) {
    try {
      owner.pwned = kept
    } catch {}
  }
  return found
}
