import { endOfNumber, endOfString, quote, startsNumber } from './json-tokens.ts'

/**
 * PostgreSQL's jsonb holds neither NUL (\u0000) nor unpaired surrogates, and refuses the whole
 * statement for one of them: a single hostile result would take its batch's other results with it.
 */
const escapes =
  /\\(?:\\|u0000|u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[dD][89a-fA-F][0-9a-fA-F]{2})/g

/** JSON.stringify escapes both, so only a text with such escapes needs the walk. */
const suspicious = /\\u(?:0000|[dD][89a-fA-F])/

/** Whether a JSON text (as JSON.stringify writes it) can be stored as jsonb. */
export function isStorableJson(json: string): boolean {
  return storableJson(json) === json
}

/** The JSON text with U+FFFD, the replacement character, for whatever jsonb cannot hold. */
export function storableJson(json: string): string {
  if (!suspicious.test(json)) return json
  // An escaped backslash and a proper pair stay; what else the pattern takes cannot be stored.
  return json.replace(escapes, (found) => (found === '\\\\' || found.length === 12 ? found : '\\ufffd'))
}

/** JSON.stringify gives a number more than 21 digits, and an exponent of three, only where it is a large one. */
const maybeHuge = /\d{300}|\d[eE][+-]?\d{3}/

/**
 * Whether a JSON text holds a number beyond a double's range. jsonb takes `1e131071` in 8 bytes and writes its
 * 131,072 digits out to whoever reads it: a few thousand of them are a text that is too long for PostgreSQL.
 */
export function hasHugeNumber(json: string): boolean {
  if (!maybeHuge.test(json)) return false
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at)
    if (code === quote) at = endOfString(json, at)
    else if (startsNumber(code)) {
      const end = endOfNumber(json, at)
      if (isHuge(json.slice(at, end))) return true
      at = end - 1
    }
  }
  return false
}

/** What is too small counts as well: as many digits follow its point. */
function isHuge(number: string): boolean {
  const exponent = Number(/[eE](.*)/.exec(number)?.[1] ?? 0)
  return !Number.isFinite(Number(number)) || Math.abs(exponent) > 400
}
