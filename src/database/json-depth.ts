import { endOfString, quote } from './json-tokens.ts'

const opening = new Set([0x5b, 0x7b])
const closing = new Set([0x5d, 0x7d])

/**
 * Whether a JSON text nests deeper than `limit`. JSON.parse takes seconds for a few million brackets, so
 * this comes before it; a text that cannot hold as many brackets costs nothing.
 */
export function isDeeperThan(json: string, limit: number): boolean {
  let depth = 0
  if (json.length < 2 * limit) return false
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at)
    if (code === quote) at = endOfString(json, at)
    else if (opening.has(code)) depth += 1
    else if (closing.has(code)) depth -= 1
    if (depth > limit) return true
  }
  return false
}
