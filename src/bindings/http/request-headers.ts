import { invalidArgument } from './call-failures.ts'
import type { Header } from './http-request.ts'

/** What frames a request or belongs to one connection is ours to write: two opinions on it are an attack. */
const ownHeaders = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/
/** https://fetch.spec.whatwg.org/#header-value, without the control characters that it would let through. */
const valueForm = /^[\t\x20-\x7e\x80-\xff]*$/
const maxHeaders = 100
const maxHeaderBytes = 32 * 1024

/** @returns the headers with trimmed values. @throws {CallError} naming the header that may not be sent. */
export function validateHeaders(value: unknown): Header[] {
  if (!Array.isArray(value) || value.length > maxHeaders)
    throw invalidArgument('headers', `must be at most ${maxHeaders} pairs of name and value`)
  const headers = value.map((pair) => validateHeader(pair))
  const bytes = headers.reduce((sum, [name, text]) => sum + name.length + text.length + 4, 0)
  if (bytes > maxHeaderBytes) throw invalidArgument('headers', 'must be at most 32 KB together')
  return headers
}

function validateHeader(pair: unknown): Header {
  const [name, text]: unknown[] = Array.isArray(pair) ? pair : []
  if (!Array.isArray(pair) || pair.length !== 2 || typeof name !== 'string' || typeof text !== 'string')
    throw invalidArgument('headers', 'must be pairs of name and value, both texts')
  if (!token.test(name)) throw invalidArgument('headers', 'hold a name that is not a header name')
  const lower = name.toLowerCase()
  if (ownHeaders.has(lower) || lower.startsWith('proxy-'))
    throw invalidArgument(`the header ${name}`, 'is set by pgscript; leave it out')
  const trimmed = text.replace(/^[\t ]+|[\t ]+$/g, '')
  if (!valueForm.test(trimmed))
    throw invalidArgument(
      `the header ${name}`,
      'holds a character that no header may hold, such as a line break',
    )
  return [name, trimmed]
}

/** The headers with what a client sends that was not told otherwise. */
export function withDefaultHeaders(headers: readonly Header[]): Header[] {
  const names = new Set(headers.map(([name]) => name.toLowerCase()))
  // Of a part of a body one wants the bytes themselves.
  const encoding = names.has('range') ? 'identity' : 'gzip, deflate, br'
  const defaults: Header[] = [
    ['accept', '*/*'],
    ['accept-encoding', encoding],
    ['user-agent', 'pgscript'],
  ]
  return [...headers, ...defaults.filter(([name]) => !names.has(name))]
}
