import { endOfString, quote } from './json-tokens.ts'

const [openList, openObject, closeList, closeObject, comma] = [0x5b, 0x7b, 0x5d, 0x7d, 0x2c]

/**
 * Whether a JSON text nests deeper than `limit`. JSON.parse takes seconds for a few million brackets, so
 * this comes before it; a text that cannot hold as many brackets costs nothing.
 */
export function isDeeperThan(json: string, limit: number): boolean {
  return json.length >= 2 * limit && beyond(json, limit, Number.POSITIVE_INFINITY) === 'deep'
}

/** What an array's item without a text or brackets of its own costs, of a text, an array or an object. */
const itemShare = 0.1

/**
 * What there is too much of in a JSON text to parse it on the thread that serves everybody: levels, or texts,
 * arrays and objects, which cost a microsecond each where they differ (ten plain items count as one). Stops
 * looking where it is too much.
 */
export function tooMuchToParse(
  json: string,
  { levels, parts }: { levels: number; parts: number },
): 'deep' | 'many' | undefined {
  return json.length >= 2 * Math.min(levels, parts) ? beyond(json, levels, parts) : undefined
}

function beyond(json: string, levels: number, parts: number): 'deep' | 'many' | undefined {
  let depth = 0
  let found = 0
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at)
    if (code === quote) {
      at = endOfString(json, at)
      found += 1
    } else if (code === openList || code === openObject) {
      depth += 1
      found += 1
    } else if (code === closeList || code === closeObject) depth -= 1
    else if (code === comma) found += itemShare
    if (depth > levels) return 'deep'
    if (found > parts) return 'many'
  }
  return undefined
}
