import { endOfNumber, endOfString, quote, startsNumber } from '../database/json-tokens.ts'

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
/** A text in which more than this looks like a value and is none was made for it: all of it is masked. */
const mostNearMisses = 2_000
const mark = '***'
const cutMark = '…'

/**
 * A mask that knows no value yet. A text costs one pass, however many values and however long: a pattern
 * finds their first characters, and only there are they compared.
 */
export function createValueMask(): ValueMask {
  /** By their first characters, the longest first: of two that begin alike, the one that hides more. */
  const forms = new Map<string, string[]>()
  let pattern: RegExp | undefined

  function add(value: string) {
    for (const form of formsOf(value)) {
      const head = form.slice(0, shortestMasked)
      const alike = new Set([...(forms.get(head) ?? []), form])
      forms.set(
        head,
        [...alike].sort((a, b) => b.length - a.length),
      )
    }
    pattern = undefined
  }

  function heads(): RegExp {
    pattern ??= new RegExp([...forms.keys()].map((head) => RegExp.escape(head)).join('|'), 'g')
    pattern.lastIndex = 0
    return pattern
  }

  function text(given: string): string {
    if (forms.size === 0) return given
    const pattern = heads()
    const end = given.endsWith(cutMark) ? given.length - cutMark.length : given.length
    let masked = ''
    let at = 0
    let patience = mostNearMisses
    for (let found = pattern.exec(given); found !== null; found = pattern.exec(given)) {
      const alike = forms.get(found[0]) ?? []
      const length = patience > 0 ? hiddenLength(alike, given, found.index, end) : found[0].length
      pattern.lastIndex = found.index + Math.max(1, length)
      if (length === 0) {
        patience -= alike.length
        continue
      }
      masked += given.slice(at, found.index) + mark
      at = found.index + length
    }
    return masked + given.slice(at)
  }

  return {
    get active() {
      return forms.size > 0
    },
    add,
    text,
    json(json) {
      if (forms.size === 0) return json
      // Without escapes a value stands in the JSON as it is: most outputs need no look at each of their parts.
      if (!json.includes('\\') && !heads().test(json)) return json
      return maskedJson(json, text)
    },
  }
}

/** How much of the text at a place is a value; at its end also the beginning of one, for the text may be cut. */
function hiddenLength(alike: readonly string[], given: string, at: number, end: number): number {
  for (const form of alike) {
    if (given.startsWith(form, at)) return form.length
    if (end - at < form.length && form.startsWith(given.slice(at, end))) return end - at
  }
  return 0
}

/**
 * Masks the texts and numbers of a JSON text. Nothing is parsed, so neither depth nor size costs more than a pass;
 * and there is no pattern for a text, whose escapes would each take room on V8's stack until it overflows.
 */
function maskedJson(json: string, text: (given: string) => string): string {
  let masked = ''
  let from = 0
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at)
    const isText = code === quote
    if (!isText && !startsNumber(code)) continue
    const end = isText ? endOfString(json, at) + 1 : endOfNumber(json, at)
    if (end - at >= (isText ? shortestMasked + 2 : shortestMasked)) {
      const token = json.slice(at, end)
      const shown = maskedToken(token, text)
      if (shown !== token) {
        masked += json.slice(from, at) + shown
        from = end
      }
    }
    at = end - 1
  }
  return masked + json.slice(from)
}

function maskedToken(token: string, text: (given: string) => string): string {
  const value = token.startsWith('"') ? textOf(token) : token
  const masked = text(value)
  return masked === value ? token : JSON.stringify(masked)
}

const textOf = (token: string) => (token.includes('\\') ? String(JSON.parse(token)) : token.slice(1, -1))

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
