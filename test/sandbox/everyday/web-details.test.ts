import { describeEveryday } from './compare.ts'

describeEveryday(
  'details of the web’s globals',
  [
    [
      'encodings of one byte a character, and UTF-16 of both kinds',
      `const bytes = Uint8Array.from({ length: 256 }, (_, i) => i); const out = ['windows-1251', 'cp1251', 'koi8-r', 'koi8-u', 'ibm866', 'iso-8859-2', 'cyrillic', 'latin1', 'ascii', 'macintosh', 'iso-8859-15', 'iso-8859-8-i', 'utf-16be', ' UTF-16LE '].map((label) => { const d = new TextDecoder(label); return [d.encoding, d.decode(bytes)] }); const cut = new TextDecoder('utf-16be'); out.push(cut.decode(new Uint8Array([0xfe, 0xff, 4]), { stream: true }) + cut.decode(new Uint8Array([0x16]))); for (const f of [() => new TextDecoder('windows-874', { fatal: true }).decode(new Uint8Array([0xdb])), () => new TextDecoder('latin8')]) try { out.push(f()) } catch (e) { out.push([e.name, e.message]) } return out`,
    ],
    [
      'errors of addresses',
      `const seen = []; for (const f of [() => new URL('nope'), () => new URL('x', 'y'), () => new URL('https://'), () => { new URL('https://a').href = 'bad' }]) try { f() } catch (e) { seen.push([e.name, e.message, e.code, e.input, e.base, Object.keys(e)]) } return [seen, Reflect.ownKeys({ ...new URL('https://a/?b') }).length]`,
    ],
    [
      'members that are found by enumeration',
      `const names = (o) => { const found = []; for (const name in o) found.push(name); return found }; const wanted = ['status', 'ok', 'headers', 'json', 'text', 'body', 'method', 'url', 'clone', 'size', 'slice', 'append', 'aborted', 'type', 'detail', 'encode', 'code', 'name']; return [new Response('x'), new Request('https://a/'), new Blob([]), new Headers(), new AbortController().signal, new CustomEvent('x'), new TextEncoder(), new URL('https://a/')].map((o) => wanted.filter((name) => names(o).includes(name)))`,
    ],
    [
      'names, lengths and tags of classes',
      `return [URL, Headers, Request, Response, FormData, Blob, File, TextEncoder, TextDecoder, AbortController, AbortSignal, EventTarget, Event, CustomEvent, CryptoKey, ReadableStream].map((C) => [C.name, C.length, C.prototype[Symbol.toStringTag]])`,
    ],
    [
      'signals that depend on others, and the order in which they tell it',
      `const c = new AbortController(); const log = []; const any = AbortSignal.any([c.signal, new AbortController().signal]); const outer = AbortSignal.any([any]); any.onabort = () => log.push('any'); outer.onabort = () => log.push('outer'); c.signal.onabort = () => log.push('own'); c.abort('why'); return [log, any.reason, outer.reason]`,
    ],
    [
      'structuredClone of what keeps what it is to itself',
      `const seen = []; for (const v of [new WeakMap(), Promise.resolve(), new Headers(), new URLSearchParams(), new Response('x'), (function* () {})(), [1].values(), new Map().keys(), new Intl.NumberFormat(), Object(Symbol('x')), { deep: [new WeakSet()] }]) try { structuredClone(v); seen.push('cloned') } catch (e) { seen.push([e.name, e.code]) } class Own { get [Symbol.toStringTag]() { return 'Own' } x = 1 } return [seen, structuredClone(new Own())]`,
    ],
    [
      'marks of byte order, texts of states and entries of forms',
      `const seen = [await new Response('\ufefftext').text(), await new Response('\ufeff{"a":1}').json(), await new Request('https://a', { method: 'POST', body: '\ufeffb' }).text()]; for (const f of [() => new Response('', { statusText: '\\n' }), () => Response.json({}, { status: 204 }), () => new FormData().append('a'), () => new FormData().append('a', 'b', 'c'), () => new FormData().set('a', {}, 'c'), () => btoa(), () => atob()]) try { f(); seen.push('fine') } catch (e) { seen.push(e.name) } return [...seen, new File([], 'a', { lastModified: 'x' }).lastModified]`,
    ],
  ],
  {
    usesWebGlobals: true,
  },
)
