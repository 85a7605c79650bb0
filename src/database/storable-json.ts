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
