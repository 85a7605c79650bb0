import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

import { checkScript } from '../../../src/scripts/check.ts'

const remarksOn = (source: string, language?: 'typescript') =>
  checkScript({ name: 'ordinary', source, type: 'one_off', language }).findings.filter(
    ({ severity }) => severity !== 'info',
  )

test.each(readdirSync('examples/scripts'))('examples/scripts/%s deserves no second look', (file) => {
  const source = readFileSync(join('examples/scripts', file), 'utf8')
  expect(remarksOn(source, file.endsWith('.ts') ? 'typescript' : undefined)).toEqual([])
})

const everyday = readdirSync('test/sandbox/everyday')
  .filter((file) => file.endsWith('.test.ts'))
  .flatMap((file) => snippetsIn(readFileSync(join('test/sandbox/everyday', file), 'utf8')))

/** The pieces of code between backticks: each is the body of a script. */
function snippetsIn(text: string): string[] {
  return [...text.matchAll(/^ {4}`((?:[^`\\]|\\[\s\S])*)`,?$/gm)].map(([, body = '']) =>
    body.replace(/\\([`$\\])/g, '$1'),
  )
}

test('there is everyday code to judge', () => {
  expect(everyday.length).toBeGreaterThan(50)
})

test.each(everyday)('everyday code deserves no second look: %s', (body) => {
  expect(remarksOn(`export default async () => { ${body} }`)).toEqual([])
})

test.each([
  [
    'a secret in a header',
    "const key = await sdk.secrets.get('a'); await sdk.http.post('https://api.example.com', {}, { headers: { authorization: 'Bearer ' + key } })",
  ],
  [
    'a secret in a body',
    "const key = await sdk.secrets.get('a'); await sdk.http.post('https://api.example.com/token', { client_secret: key })",
  ],
  [
    'a loop that waits',
    'for (;;) { await new Promise((go) => setTimeout(go, 1)); if (Date.now() > 5) break }',
  ],
  [
    'a loop that is left by its label from within another',
    'out: while (true) { for (const x of [1, 2]) { if (x > 1) break out } } return 1',
  ],
  [
    'a loop that is left beside a switch',
    'let n = 0; for (;;) { switch (n) { case 1: break } n += 1; if (n > 3) break } return n',
  ],
  [
    'what is only called eval',
    'const o = { eval: 1, run: { eval() { return 2 } } }; return o.eval + o.run.eval()',
  ],
  [
    'variables that change and are not exported',
    'let n = 0; const f = () => { n += 1; return n }; return f()',
  ],
  ['a loop that returns', 'let n = 0; while (true) { n += 1; if (n > 5) return n }'],
  [
    'an endless generator',
    'function* ids() { let n = 0; while (true) yield n++ }; return ids().next().value',
  ],
  [
    'another of the same class',
    'class A { clone() { return new this.constructor(1) } }; return new A().clone()',
  ],
  [
    'another of the same kind as a part of an object',
    'const a = { buffer: new Uint8Array(2) }; return new a.buffer.constructor(0).length + new a.buffer.constructor(a.buffer.length).length',
  ],
  [
    'types named as values',
    'const types = [String, Number, Function]; return types.length + ((() => 1) instanceof Function)',
  ],
  ['a constructor out of an object', 'const { constructor } = new Map(); return constructor.name'],
  ['texts of two scripts that are not compared', "return 'USB-кабель и Wi-Fi'"],
  ['a Cyrillic text to compare with', "return 'да' === 'нет' || 'USB-кабель' === 'usb'"],
  ['a mark that is looked for by its escape', "return '\\ufeffa'[0] === '\\ufeff'"],
  ['brackets', 'return [[[1]], [[2]], [[!1]], [[+1]]].flat(2).length'],
  ['Cyrillic names and text', "const сумма = 1; const имя = 'привет'; return сумма + имя"],
  ['Uzbek names', 'const narx = 1, oʻlcham = 2; return narx + oʻlcham'],
  ['Greek in formulas', 'const Δx = 1, λ = 2; return Δx * λ'],
  ['an emoji', "return 'family: 👨‍👩‍👧'"],
  ['accents', 'const größe = 1, naïve = 2; return größe + naïve'],
  ['some escapes', "return '\\u00e9\\u00e8 and \\x41'"],
  ['a global by its name', "return globalThis['JSON'].stringify(1)"],
  [
    'patterns of every day',
    "return [/^[\\w.+-]+@[\\w-]+\\.[\\w.]+$/.test('a@b.c'), /^(\\d{1,3}\\.){3}\\d{1,3}$/.test('1.1.1.1'), /(?:,\\s*)+/.test(',')]",
  ],
])('%s deserves no second look', (_, body) => {
  expect(remarksOn(`export default async () => { ${body} }`)).toEqual([])
})
