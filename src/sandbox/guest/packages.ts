import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/**
 * Packages from npm as modules of the guest. A CommonJS package becomes one text: its files, each as a function,
 * and a `require` between them. Nothing of it is evaluated outside the isolate.
 */
const here = createRequire(import.meta.url)

interface LinkOptions {
  /** The file that is asked for, and the text that makes the module's exports of what it exports. */
  entry: string
  exports: string
  /** Expressions that stand in for what a file requires by these names. */
  instead?: Record<string, string>
  /** Declarations for all files, and changes to their texts, each of which must be found in one of them. */
  prelude?: string
  changes?: [from: RegExp, to: string][]
}

function link({ entry, exports, instead = {}, prelude = '', changes = [] }: LinkOptions): string {
  const files = new Map<string, string>()

  function add(path: string): void {
    if (files.has(path)) return
    files.set(path, '')
    const text = readFileSync(path, 'utf8')
    if (path.endsWith('.json')) {
      files.set(path, `module.exports = ${text}`)
      return
    }
    const required: Record<string, string> = {}
    for (const [, name = ''] of text.matchAll(/\brequire\("([^"]+)"\)/g)) {
      if (name in instead) continue
      const found = createRequire(path).resolve(name)
      required[name] = found
      add(found)
    }
    files.set(path, `const require = requireFor(${JSON.stringify(shorten(required))});\n${changed(text)}`)
  }

  const waiting = new Map(changes)
  function changed(text: string): string {
    let result = text
    for (const [from, to] of changes) {
      if (!from.test(result)) continue
      result = result.replace(from, to)
      waiting.delete(from)
    }
    return result
  }

  const names = new Map<string, number>()
  const shortName = (path: string) => {
    const known = names.get(path) ?? names.size
    names.set(path, known)
    return known
  }
  // Paths of this machine must not be in the text.
  const shorten = (required: Record<string, string>) =>
    Object.fromEntries(Object.entries(required).map(([name, path]) => [name, shortName(path)]))

  add(entry)
  for (const from of waiting.keys()) throw new Error(`No file of ${entry} has the text ${from}.`)
  const bodies = [...files].map(([path, text]) => `${shortName(path)}: (module, exports) => {${text}\n}`)
  return `(p, library) => {
'use strict'
// Asked for by webidl-conversions, to tell apart what cannot exist here.
const none = { get() { throw new TypeError('There is none.') } };
const SharedArrayBuffer = { prototype: Object.defineProperties({}, { byteLength: none, growable: none }) };
${prelude}
const files = {${bodies.join(',\n')}};
const instead = {${Object.entries(instead).map(([name, text]) => `${JSON.stringify(name)}: ${text}`)}};
const modules = {};
function load(number) {
  if (modules[number] === undefined) {
    modules[number] = { exports: {} };
    files[number](modules[number], modules[number].exports);
  }
  return modules[number].exports;
}
function requireFor(required) {
  return (name) => name in instead ? instead[name] : load(required[name]);
}
const main = load(${shortName(entry)});
${exports}
}`
}

/** The URL standard asks the Unicode tables about a host only where it is not plain ASCII: they are large. */
const domains = `{
  toASCII(domain, options) {
    const isPlain = /^[\\x00-\\x7f]*$/.test(domain) && !/xn--/i.test(domain) && !options.verifyDNSLength;
    return isPlain ? domain.toLowerCase() : library.load('domains').toASCII(domain, options);
  },
  toUnicode: (domain, options) => library.load('domains').toUnicode(domain, options),
}`

/** UTF-8 is the only encoding that a URL here is parsed in. */
const percentEncoding = `{
  percentEncodeAfterEncoding(_encoding, input, set) {
    let text = '';
    for (const byte of library.load('utf8').encode(input)) {
      const char = String.fromCharCode(byte);
      const isPlain = byte > 0x1f && byte < 0x7f && !set.includes(char);
      text += isPlain ? char : '%' + (byte < 16 ? '0' : '') + byte.toString(16).toUpperCase();
    }
    return text;
  },
}`

/** whatwg-url: https://url.spec.whatwg.org/ */
export function urlText(): string {
  const wrapper = join(dirname(here.resolve('whatwg-url')), 'webidl2js-wrapper.js')
  return link({
    entry: wrapper,
    instead: {
      tr46: domains,
      '@exodus/bytes/encoding.js': '{}',
      '@exodus/bytes/whatwg.js': percentEncoding,
      './encoding': `{
        utf8Encode: library.load('utf8').encode,
        utf8DecodeWithoutBOM: (bytes) => {
          const { begin, decode } = library.load('utf8');
          return decode(begin(), bytes, true, () => undefined);
        },
      }`,
    },
    // With what errors of Node.js have: code, input and base.
    prelude: `const invalid = (input, base) =>
  Object.assign(new TypeError('Invalid URL'), { code: 'ERR_INVALID_URL', input }, base === undefined ? {} : { base });`,
    changes: [
      [/new TypeError\(`Invalid base URL: .*`\)/, 'invalid(url, base)'],
      [/new TypeError\(`Invalid URL: \$\{url\}`\)/, 'invalid(url, base)'],
      [/new TypeError\(`Invalid URL: \$\{v\}`\)/, 'invalid(v)'],
      // Not enumerable, so that `{ ...url }` is empty.
      [
        /wrapper\[sameObjectCaches\] = Object\.create\(null\);/,
        'Object.defineProperty(wrapper, sameObjectCaches, { value: Object.create(null) });',
      ],
    ],
    exports: `
const world = { Array, Object, Promise, String, TypeError };
main.URL.install(world, ['Worker']);
main.URLSearchParams.install(world, ['Worker']);
const { URL, URLSearchParams } = world;
const sample = new URL('https://a/?b');
return { URL, URLSearchParams, samples: [sample, sample.searchParams, sample.searchParams.entries()] };`,
  })
}

export function domainsText(): string {
  const entry = createRequire(here.resolve('whatwg-url')).resolve('tr46')
  return link({ entry, exports: 'return { toASCII: main.toASCII, toUnicode: main.toUnicode };' })
}

/** web-streams-polyfill: https://streams.spec.whatwg.org/ */
export function streamsText(): string {
  const text = readFileSync(join(dirname(here.resolve('web-streams-polyfill')), 'ponyfill.js'), 'utf8')
  return `(p, library) => {
const exports = {};
((exports, module, define) => {${text}
})(exports, {}, undefined);
const { ReadableStream, CountQueuingStrategy, ByteLengthQueuingStrategy } = exports;
const sizes = [CountQueuingStrategy, ByteLengthQueuingStrategy].map((Made) => new Made({ highWaterMark: 1 }).size);
return { ...exports, sizes, samples: [new ReadableStream().values()] };
}`
}
