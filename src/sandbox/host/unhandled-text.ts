const longest = 8192

/**
 * What the log says of a promise that was rejected and nobody handled.
 *
 * @param thrown the library's copy of it: a primitive, or an error of our own realm whose stack goes on with our
 *   frames, from the boundary on
 */
export function unhandledText(thrown: unknown): string {
  return `A promise was rejected and nobody handled it: ${textOf(thrown).slice(0, longest)}`
}

function textOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return typeof thrown === 'object' ? 'null' : String(thrown)
  const [own = ''] = (thrown.stack ?? '').split('\n    at (<isolated-vm boundary>)', 1)
  return own.includes('within isolated-vm, but that object') ? 'a value that is not an Error.' : own
}
