import type { Primordials } from './primordials.ts'

/** What is wrong with an object of this kind, and what to do instead; undefined where JSON has a form for it. */
export type FormlessAs = (tag: string) => string | undefined

/** Kinds of objects that JSON would make `{}` of, without a word. */
export function createFormless(p: Primordials): FormlessAs {
  const remedies: Record<string, string> = {
    __proto__: null as never,
    BigInt: 'convert it to a string or a number',
    Map: 'use Object.fromEntries(map) or [...map]',
    Set: 'use [...set]',
    WeakMap: 'it cannot be listed',
    WeakSet: 'it cannot be listed',
    Promise: 'await it first',
    RegExp: 'use its source',
    Response: 'use await response.json() or text()',
    Request: 'use await request.json() or text()',
    Headers: 'use Object.fromEntries(headers)',
    FormData: 'use Object.fromEntries(form)',
    URLSearchParams: 'use Object.fromEntries(params)',
    Blob: 'use await blob.text() or bytes()',
    File: 'use await file.text() or bytes()',
    ReadableStream: 'read it first',
    WritableStream: 'it means nothing outside',
    TransformStream: 'it means nothing outside',
    CryptoKey: 'it means nothing outside',
    Generator: 'use [...generator]',
    AsyncGenerator: 'use await Array.fromAsync(generator)',
    AbortSignal: 'it means nothing outside',
  }

  function remedyFor(tag: string): string | undefined {
    if (p.slice(tag, -9) === ' Iterator') return 'use [...iterator]'
    return p.slice(tag, 0, 5) === 'Intl.' ? 'use what its methods give' : remedies[tag]
  }

  const articleOf = (tag: string) => (p.indexOf('AEIOU', p.slice(tag, 0, 1)) < 0 ? 'a' : 'an')

  return function formlessAs(tag) {
    const remedy = remedyFor(tag)
    return remedy && `is ${articleOf(tag)} ${tag}, which has no JSON form; ${remedy}`
  }
}
