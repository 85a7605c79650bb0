/** Takes secret values out of texts. */
export interface ValueMask {
  add(value: string): void
  /** Whether there is anything to look for; without, everything else costs nothing. */
  readonly active: boolean
  text(text: string): string
  /** JSON text with the texts and numbers in it masked; it stays JSON. */
  json(json: string): string
}

/** Shorter values are left as they are: masking "1" or "true" would garble everything and hide nothing. */
export const shortestMasked = 6
/** Of a value with several lines, such as a private key, each line this long is masked by itself too. */
const shortestLine = 16
const mark = '***'
const cutMark = '…'

/** A mask that knows no value yet. */
export function createValueMask(): ValueMask {
  const forms = new Set<string>()
  let pattern: RegExp | undefined

  function compiled(): RegExp {
    // The longest first: of two forms that begin alike, the one that hides more.
    const longestFirst = [...forms].sort((a, b) => b.length - a.length)
    pattern ??= new RegExp(longestFirst.map((form) => RegExp.escape(form)).join('|'), 'g')
    return pattern
  }

  function text(given: string): string {
    if (forms.size === 0) return given
    return withoutBegun(given.replace(compiled(), mark), forms)
  }

  return {
    get active() {
      return forms.size > 0
    },
    add(value) {
      for (const form of formsOf(value)) forms.add(form)
      pattern = undefined
    },
    text,
    json: (json) =>
      forms.size === 0 ? json : json.replace(jsonScalars, (token) => maskedToken(token, text)),
  }
}

/** Texts and numbers of a JSON text: nothing is parsed, so neither depth nor size costs more than a pass. */
const jsonScalars = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g

function maskedToken(token: string, text: (given: string) => string): string {
  const value = token.startsWith('"') ? String(JSON.parse(token)) : token
  const masked = text(value)
  return masked === value ? token : JSON.stringify(masked)
}

/** A line that was cut may end in the beginning of a value. */
function withoutBegun(given: string, forms: ReadonlySet<string>): string {
  const end = given.endsWith(cutMark) ? given.length - cutMark.length : given.length
  for (const form of forms) {
    for (let length = Math.min(form.length - 1, end); length >= shortestMasked; length -= 1) {
      if (given.startsWith(form.slice(0, length), end - length)) {
        return given.slice(0, end - length) + mark + given.slice(end)
      }
    }
  }
  return given
}

function* formsOf(value: string): Generator<string> {
  const parts = value.includes('\n') ? value.split('\n').map((line) => line.trim()) : []
  for (const part of [value, ...parts.filter((line) => line.length >= shortestLine).slice(0, 200)]) {
    if (part.length >= shortestMasked) yield* encodings(part)
  }
}

/** As it is, as it stands inside JSON, in a URL, in a form, as hex, and as base64. */
function* encodings(value: string): Generator<string> {
  const bytes = Buffer.from(value)
  const inUrl = encodeURIComponent(value.toWellFormed())
  yield value
  yield JSON.stringify(value).slice(1, -1)
  yield inUrl
  yield inUrl.replaceAll('%20', '+')
  yield bytes.toString('hex')
  yield bytes.toString('hex').toUpperCase()
  // Base64 of a text that holds the value ("user:password") differs by where the value begins.
  for (const before of [0, 1, 2]) {
    const whole = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const own = whole.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6))
    if (own.length < shortestMasked) continue
    yield own
    yield own.replaceAll('+', '-').replaceAll('/', '_')
  }
}
