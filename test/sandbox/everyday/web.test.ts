import { describeEveryday, type Snippet } from './compare.ts'

const urls: readonly Snippet[] = [
  [
    'URL and its parts',
    `const u = new URL('HTTPS://user:pa%20ss@Example.com:8443/a/../b c?q=1&q=2#frag'); return [u.href, u.origin, u.protocol, u.username, u.password, u.host, u.hostname, u.port, u.pathname, u.search, u.hash, u.searchParams.getAll('q')]`,
  ],
  [
    'URL relative to a base, and refused',
    `const seen = [new URL('../x?y#z', 'http://a/b/c/d').href, URL.canParse('nope'), URL.canParse('/a', 'https://b')]; try { new URL('nope') } catch (e) { seen.push(e.name, e instanceof TypeError) } return seen`,
  ],
  [
    'URL with setters',
    `const u = new URL('http://a.example/'); u.pathname = '/x y'; u.search = '?a=ü'; u.hash = 'h'; u.port = '80'; u.protocol = 'https'; u.host = 'b.example:99'; u.searchParams.append('n', 'v&w'); return [String(u), JSON.stringify(u)]`,
  ],
  [
    'hosts beyond ASCII',
    `return ['https://münchen.example/ß', 'http://xn--mnchen-3ya.example', 'http://ＧＯ.example', 'http://127.1', 'http://[::1]:80/', 'http://0x7f.1'].map((u) => new URL(u).href)`,
  ],
  [
    'URLSearchParams in every form',
    `const p = new URLSearchParams([['b', '2'], ['a', '1 2'], ['a', '&']]); p.sort(); p.delete('b'); const q = new URLSearchParams({ x: 'y z', 'ü': '+' }); return [String(p), p.size, p.has('a', '&'), [...q], String(new URLSearchParams('?a=%20b+c&d')), Object.fromEntries(q), [...p.keys()], [...p.values()]]`,
  ],
  [
    'URLSearchParams changed through the URL',
    `const u = new URL('https://a/?x=1'); u.searchParams.set('y', 'ä'); for (const k of [...u.searchParams.keys()]) u.searchParams.append(k, k); return u.search`,
  ],
  [
    'classes of URL extended',
    `class Api extends URL { get last() { return this.pathname.split('/').at(-1) } } return [new Api('https://a/b/c').last, new Api('https://a') instanceof URL]`,
  ],
]

const texts: readonly Snippet[] = [
  [
    'TextEncoder and TextDecoder',
    `const s = 'aß€😀\\ud800x'; const b = new TextEncoder().encode(s); return [[...b], new TextDecoder().decode(b), new TextDecoder('utf-8', { fatal: true }).encoding, new TextEncoder().encodeInto('a€b', new Uint8Array(4))]`,
  ],
  [
    'malformed UTF-8',
    `return [[0xff], [0xc3], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xf0, 0x9f, 0x98], [0xc0, 0xaf], [0xe2, 0x28, 0xa1], [0xf4, 0x90, 0x80, 0x80], [0xef, 0xbb, 0xbf, 65]].map((b) => new TextDecoder().decode(new Uint8Array(b)))`,
  ],
  [
    'malformed UTF-8, refused',
    `try { new TextDecoder('utf8', { fatal: true }).decode(new Uint8Array([0xff])) } catch (e) { return [e.name, e instanceof TypeError] }`,
  ],
  [
    'text that is decoded in pieces',
    `const d = new TextDecoder(); const b = new TextEncoder().encode('\\ufeffa€😀'); let s = ''; for (const x of b) s += d.decode(new Uint8Array([x]), { stream: true }); return s + d.decode()`,
  ],
  [
    'other encodings',
    `return [new TextDecoder('latin1').decode(new Uint8Array([0x80, 0xe9, 0xff])), new TextDecoder('utf-16le').decode(new Uint8Array([65, 0, 0x3d, 0xd8, 0x00, 0xde])), new TextDecoder('ascii').encoding, (() => { try { new TextDecoder('nope') } catch (e) { return e.name } })()]`,
  ],
  [
    'atob and btoa',
    `const seen = [btoa('hello'), atob('aGVsbG8'), atob(' aGVs bG8= '), btoa(''), btoa('\\xff')]; for (const f of [() => btoa('€'), () => atob('a'), () => atob('a=b='), () => atob('*')]) try { f() } catch (e) { seen.push([e.name, e.code, e instanceof DOMException]) } return seen`,
  ],
  [
    'structuredClone',
    `const a = { d: new Date(5), r: /x/gi, m: new Map([[1, { deep: true }]]), s: new Set([1]), b: new Uint8Array([1, 2]), n: null, u: undefined, big: String(1n), e: new RangeError('no', { cause: 1 }) }; a.self = a; const c = structuredClone(a); return [c.self === c, c !== a, c.d.getTime(), String(c.r), [...c.m], [...c.s], [...c.b], 'u' in c, c.e.name, c.e.message, c.e instanceof RangeError]`,
  ],
  [
    'structuredClone of what cannot be',
    `const seen = []; for (const v of [() => 1, Symbol('x'), { f() {} }, new WeakMap(), Promise.resolve()]) try { structuredClone(v); seen.push('cloned') } catch (e) { seen.push([e.name, e.code]) } return seen`,
  ],
  [
    'structuredClone of classes, holes and shared parts',
    `class P { x = 1; get y() { return 2 } } const c = structuredClone([new P(), , 3]); const part = { n: 1 }; const two = structuredClone({ a: part, b: part }); const buffer = new ArrayBuffer(4); const moved = structuredClone(buffer, { transfer: [buffer] }); return [c[0] instanceof P, c, 1 in c, two.a === two.b, buffer.byteLength, moved.byteLength]`,
  ],
]

const events: readonly Snippet[] = [
  [
    'EventTarget and Event',
    `const seen = []; const t = new EventTarget(); t.addEventListener('x', (e) => { seen.push(e.type, e.target === t); e.preventDefault() }, { once: true }); t.addEventListener('x', { handleEvent: (e) => seen.push('object', e.defaultPrevented) }); const r = [t.dispatchEvent(new Event('x', { cancelable: true })), t.dispatchEvent(new Event('x'))]; return [seen, r]`,
  ],
  [
    'a class of events and a target of one’s own',
    `class Saved extends Event { constructor(id) { super('saved'); this.id = id } } class Store extends EventTarget { save(id) { return this.dispatchEvent(new Saved(id)) } } const s = new Store(); let got; s.addEventListener('saved', (e) => { got = e.id }); s.save(7); return [got, String(s), new CustomEvent('a', { detail: { b: 1 } }).detail]`,
  ],
  [
    'listeners removed and stopped',
    `const seen = []; const t = new EventTarget(); const f = () => seen.push('f'); t.addEventListener('x', f); t.addEventListener('x', f); t.addEventListener('x', (e) => { seen.push('stop'); e.stopImmediatePropagation() }); t.addEventListener('x', () => seen.push('never')); t.dispatchEvent(new Event('x')); t.removeEventListener('x', f); t.dispatchEvent(new Event('x')); return seen`,
  ],
  [
    'listeners with a signal',
    `const c = new AbortController(); const t = new EventTarget(); let n = 0; t.addEventListener('x', () => { n += 1 }, { signal: c.signal }); t.dispatchEvent(new Event('x')); c.abort(); t.dispatchEvent(new Event('x')); return n`,
  ],
  [
    'AbortController',
    `const c = new AbortController(); const seen = []; c.signal.addEventListener('abort', (e) => seen.push(e.type, c.signal.aborted)); c.signal.onabort = () => seen.push('on'); c.abort(); c.abort('again'); try { c.signal.throwIfAborted() } catch (e) { seen.push(e.name, e.message, e.code, e === c.signal.reason) } return seen`,
  ],
  [
    'AbortSignal.abort, any and reasons',
    `const a = new AbortController(), b = new AbortController(); const any = AbortSignal.any([a.signal, b.signal]); b.abort('why'); const seen = [any.aborted, any.reason, AbortSignal.abort(5).reason, AbortSignal.any([]).aborted, AbortSignal.any([AbortSignal.abort('x'), a.signal]).reason]; try { new AbortSignal() } catch (e) { seen.push(e.name) } return seen`,
  ],
  [
    'AbortSignal.timeout',
    `const s = AbortSignal.timeout(5); return await new Promise((r) => s.addEventListener('abort', () => r([s.reason.name, s.reason.code, s.aborted])))`,
  ],
  [
    'DOMException',
    `const e = new DOMException('m', 'NotFoundError'); class Own extends DOMException {} return [e.name, e.message, e.code, String(e), e instanceof Error, typeof e.stack, DOMException.ABORT_ERR, e.TIMEOUT_ERR, new DOMException('x').name, new Own('y', { name: 'Z', cause: 1 }).cause, Object.prototype.toString.call(e)]`,
  ],
  [
    'performance.now',
    `const a = performance.now(); await new Promise((r) => setTimeout(r, 20)); const b = performance.now(); return [typeof a, b - a >= 15, b - a < 5000, typeof performance.timeOrigin]`,
  ],
]

const bodies: readonly Snippet[] = [
  [
    'Headers',
    `const h = new Headers({ 'Content-Type': 'a/b', X: '1' }); h.append('x', ' 2 '); h.append('Set-Cookie', 'a=1'); h.append('set-cookie', 'b=2'); const seen = [[...h], h.get('X'), h.has('y'), h.getSetCookie(), [...new Headers([['b', '1'], ['a', '2']]).keys()]]; h.delete('x'); h.set('z', 1); for (const f of [() => new Headers({ 'a b': '1' }), () => h.set('a', 'x\\ny'), () => new Headers(null)]) try { f() } catch (e) { seen.push(e.name) } return [seen, [...h.values()]]`,
  ],
  [
    'Response',
    `const r = new Response('{"a":1}', { status: 201, statusText: 'Made', headers: { 'x-y': 'z' } }); const c = r.clone(); return [r.status, r.ok, r.statusText, r.headers.get('content-type'), r.headers.get('X-Y'), await r.json(), r.bodyUsed, await c.text(), await r.text().catch((e) => e.name), r.type, r.url, r.redirected]`,
  ],
  [
    'Response.json, redirect and error',
    `const j = Response.json({ a: [1] }, { status: 400 }); const seen = [j.headers.get('content-type'), await j.text(), j.ok, Response.redirect('https://a/b', 301).headers.get('location'), Response.error().status]; for (const f of [() => new Response('', { status: 99 }), () => new Response('x', { status: 204 }), () => Response.json(undefined), () => Response.redirect('https://a', 200)]) try { f(); seen.push('fine') } catch (e) { seen.push(e.name) } return seen`,
  ],
  [
    'bodies of every kind',
    `const make = (b) => new Response(b); return [await make(new Uint8Array([104, 105])).text(), [...new Uint8Array(await make('é').arrayBuffer())], [...(await make('hi').bytes())], (await make(new Blob(['b'], { type: 'x/y' })).blob()).type, await make(new URLSearchParams('a=1 2')).text(), make(new URLSearchParams('a=1')).headers.get('content-type'), await make(null).text(), make(null).body, await make(5).text()]`,
  ],
  [
    'a body that is a stream',
    `const r = new Response(new ReadableStream({ start(c) { c.enqueue(new TextEncoder().encode('a')); c.enqueue(new TextEncoder().encode('€')); c.close() } })); return [r.bodyUsed, await r.text(), r.bodyUsed, r.headers.get('content-type')]`,
  ],
  [
    'a body that is read as a stream',
    `const r = new Response('stream me'); const out = []; for await (const chunk of r.body) out.push(new TextDecoder().decode(chunk)); return [out.join(''), r.bodyUsed, await r.text().catch((e) => e.name)]`,
  ],
  [
    'Request',
    `const r = new Request('https://a.example/b?c', { method: 'post', body: 'x', headers: { a: 'b' } }); const c = new Request(r.clone(), { headers: { d: 'e' } }); const seen = [r.method, r.url, r.headers.get('a'), r.headers.get('content-type'), await r.text(), c.method, [...c.headers], r.redirect, r.signal.aborted]; for (const f of [() => new Request('nope'), () => new Request('https://a', { method: 'GET', body: 'x' }), () => new Request('https://a', { method: 'a b' }), () => new Request('https://u:p@a')]) try { f() } catch (e) { seen.push(e.name) } return seen`,
  ],
  [
    'a Request with a signal',
    `const c = new AbortController(); const r = new Request('https://a', { signal: c.signal }); c.abort('gone'); return [r.signal.aborted, r.signal.reason]`,
  ],
  [
    'FormData',
    `const f = new FormData(); f.append('a', '1'); f.append('a', 2); f.set('b', new File(['x'], 'x.txt', { type: 'text/plain' })); f.append('c', new Blob(['y'])); const c = f.get('c'); return [f.getAll('a'), f.get('b').name, await f.get('b').text(), c.name, c instanceof File, f.has('z'), f.get('z'), [...f.keys()], (f.delete('a'), f.has('a'))]`,
  ],
  [
    'FormData through a body and back',
    `const f = new FormData(); f.append('field "q"', 'line\\nbreak'); f.append('file', new File([new Uint8Array([0, 255, 13, 10])], 'ä"b.bin')); const r = new Response(f); const type = r.headers.get('content-type'); const g = await r.formData(); const file = g.get('file'); return [type.startsWith('multipart/form-data; boundary='), g.get('field "q"'), file.name, file.type, [...new Uint8Array(await file.arrayBuffer())]]`,
  ],
  [
    'a urlencoded body as FormData',
    `const f = await new Response(new URLSearchParams({ a: 'b c', d: 'é' })).formData(); return [[...f], await new Response('x').formData().catch((e) => e.name)]`,
  ],
  [
    'Blob and File',
    `const b = new Blob(['a', new Uint8Array([98]), new Blob(['c'])], { type: 'Text/Plain' }); const f = new File(['x'], 'n', { lastModified: 5 }); return [b.size, b.type, await b.text(), await b.slice(1, 2).text(), await b.slice(-1).text(), f.name, f.lastModified, f instanceof Blob, f.size, [...new Uint8Array(await b.arrayBuffer())], String(f)]`,
  ],
  [
    'a Blob as a stream',
    `let n = 0; for await (const chunk of new Blob(['hello']).stream()) n += chunk.length; return n`,
  ],
]

const streams: readonly Snippet[] = [
  [
    'text as a stream of bytes and back, cut anywhere',
    `const bytes = new TextEncoder().encode('\\ufeffa€👍'); const cut = ReadableStream.from([...bytes].map((byte) => Uint8Array.of(byte))); const decoder = new TextDecoderStream('utf8'); const text = await Array.fromAsync(cut.pipeThrough(decoder)); const encoded = await Array.fromAsync(ReadableStream.from(['a\\ud83d', '\\udc4d', '', 'b\\ud83d', 'c\\ud83d']).pipeThrough(new TextEncoderStream())); let failed; try { await Array.fromAsync(ReadableStream.from([Uint8Array.of(255)]).pipeThrough(new TextDecoderStream('utf-8', { fatal: true }))) } catch (error) { failed = error.name } return [text.join(''), encoded.flatMap((part) => [...part]), failed, decoder.encoding, decoder.fatal, decoder.ignoreBOM, new TextEncoderStream().encoding]`,
  ],
  [
    'a request made of another one, which is used up by it, and a clone',
    `const from = new Request('https://a/', { method: 'POST', body: 'text', headers: { a: 'b' } }); const cloned = from.clone(); const made = new Request(from, { headers: { c: 'd' } }); const used = [from.bodyUsed, cloned.bodyUsed, made.bodyUsed]; let failed; try { new Request(from) } catch (error) { failed = error.name } const other = new Request(cloned, { body: 'other' }); return [used, failed, await made.text(), made.headers.get('a'), await other.text(), await cloned.text(), cloned.headers.get('a')]`,
  ],
  [
    'a ReadableStream, read and iterated',
    `const s = () => new ReadableStream({ start(c) { c.enqueue(1); c.enqueue(2); c.close() } }); const r = s().getReader(); const seen = []; for (;;) { const { done, value } = await r.read(); seen.push([done, value]); if (done) break }; for await (const x of s()) seen.push(x); return seen`,
  ],
  [
    'ReadableStream.from, pipeThrough and tee',
    `const s = ReadableStream.from([1, 2, 3]).pipeThrough(new TransformStream({ transform(x, c) { c.enqueue(x * 2) } })); const [a, b] = s.tee(); return [await Array.fromAsync(a), await Array.fromAsync(b), s.locked]`,
  ],
  [
    'a pull source and its cancellation',
    `let i = 0; const seen = []; const s = new ReadableStream({ pull(c) { c.enqueue(i++) }, cancel(r) { seen.push(r) } }, { highWaterMark: 0 }); for await (const x of s) { if (x === 2) break } const t = new ReadableStream({ cancel(r) { seen.push(r) } }); await t.cancel('why'); return [i, seen]`,
  ],
  [
    'WritableStream and pipeTo',
    `const out = []; await ReadableStream.from(['a', 'b']).pipeTo(new WritableStream({ write(x) { out.push(x) }, close() { out.push('closed') } })); const w = new WritableStream().getWriter(); await w.write(1); await w.close(); return [out, w.desiredSize]`,
  ],
  [
    'a stream that fails',
    `const s = new ReadableStream({ start(c) { c.error(new RangeError('broken')) } }); return await s.getReader().read().catch((e) => [e.name, e.message])`,
  ],
]

const cryptography: readonly Snippet[] = [
  [
    'digests',
    `const t = new TextEncoder().encode('The quick brown fox'.repeat(40)); const out = []; for (const a of ['SHA-1', 'SHA-256', 'sha-384', { name: 'SHA-512' }]) for (const n of [0, 1, 55, 56, 63, 64, 111, 112, 127, 128, 300]) out.push(new Uint8Array(await crypto.subtle.digest(a, t.subarray(0, n))).toHex()); return out`,
  ],
  [
    'HMAC, signed and verified',
    `const data = new TextEncoder().encode('payload'); const out = []; for (const hash of ['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512']) for (const size of [1, 64, 200]) { const k = await crypto.subtle.importKey('raw', new Uint8Array(size).fill(7), { name: 'HMAC', hash }, true, ['sign', 'verify']); const s = await crypto.subtle.sign('HMAC', k, data); out.push(new Uint8Array(s).toHex(), await crypto.subtle.verify('HMAC', k, s, data), await crypto.subtle.verify('HMAC', k, new Uint8Array(3), data)) } return out`,
  ],
  [
    'keys',
    `const k = await crypto.subtle.importKey('jwk', { kty: 'oct', k: 'AQID' }, { name: 'hmac', hash: 'SHA-256' }, true, ['sign']); return [k.type, k.extractable, k.algorithm, k.usages, [...new Uint8Array(await crypto.subtle.exportKey('raw', k))], (await crypto.subtle.exportKey('jwk', k)).alg, k instanceof CryptoKey]`,
  ],
  [
    'what is refused',
    `const seen = []; const k = await crypto.subtle.importKey('raw', new Uint8Array(4), { name: 'HMAC', hash: 'SHA-1' }, false, ['verify']); for (const f of [() => crypto.subtle.digest('MD5', new Uint8Array()), () => crypto.subtle.digest('SHA-1', 'text'), () => crypto.subtle.sign('HMAC', k, new Uint8Array()), () => crypto.subtle.exportKey('raw', k), async () => crypto.getRandomValues(new Uint8Array(70000)), async () => crypto.getRandomValues(new Float32Array(1))]) await f().then(() => seen.push('fine'), (e) => seen.push(e.name)); return seen`,
  ],
  [
    'random values',
    `const a = crypto.getRandomValues(new Uint8Array(40)); return [crypto.randomUUID() !== crypto.randomUUID(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID()), a.some((x) => x > 0), crypto.getRandomValues(new BigInt64Array(2)).length]`,
  ],
]

const all = [...urls, ...texts, ...events, ...bodies, ...streams, ...cryptography]
describeEveryday('use of the web’s globals', all, { usesWebGlobals: true })
