import { createHash, createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { createCsv } from '../../../src/sandbox/guest/api/csv.ts'
import { useSandbox } from '../jobs.ts'
import { runScript } from './run-script.ts'

describe('crypto of the script API', () => {
  const sandbox = useSandbox({ hosts: 1 })
  const run = (body: string, input: unknown = null) =>
    runScript(sandbox.it, `const { crypto, utils } = sdk\n${body}`, {}, { input })

  test('hashes and signs as Node.js does, in every size around a block', async () => {
    const texts = [0, 1, 55, 56, 57, 63, 64, 65, 111, 112, 113, 119, 127, 128, 129, 1000].map((n) =>
      'é'.repeat(n),
    )
    const names = ['md5', 'sha1', 'sha256', 'sha384', 'sha512']
    const { value, made } = await run(
      `return input.names.map((name) => input.texts.map((text) => [crypto.hash(name, text), crypto.hmac(name, text, 'data', 'base64url')]))`,
      { names, texts },
    )
    expect(value).toEqual(
      names.map((name) =>
        texts.map((text) => [
          createHash(name).update(text).digest('hex'),
          createHmac(name, text).update('data').digest('base64url'),
        ]),
      ),
    )
    expect(made).toEqual([])
  })

  test('compares, draws and names', async () => {
    const { value } = await run(`return [
      crypto.timingSafeEqual('a', new Uint8Array([97])), crypto.timingSafeEqual('a', 'b'), crypto.timingSafeEqual('a', 'aa'),
      crypto.randomBytes(200).length, crypto.uuid().length, crypto.hash('SHA-256', '', 'bytes').length, new Set(crypto.randomBytes(2000)).size > 200]`)
    expect(value).toEqual([true, false, false, 200, 36, 32, true])
  })

  test.for([
    [`crypto.hash('crc32', 'a')`, 'unknown'],
    [`crypto.hash('toString', 'a')`, 'unknown'],
    [`crypto.hash('sha1', 5)`, 'a text or bytes'],
    [`crypto.hash('sha1', 'a', 'latin1')`, 'the encoding is'],
    [`crypto.randomBytes(-1)`, 'a whole number'],
  ])('refuses %s', async ([call = '', reason = '']) => {
    const { result } = await run(`return ${call}`)
    expect(result.error).toMatchObject({ code: 'invalid_arguments', line: 3 })
    expect(result.error?.message).toContain(reason)
  })

  test('dates are counted in a time zone, through a change of its clocks', async () => {
    const { value } = await run(`const { dates } = utils
      return [
        dates.add('2026-03-28T12:00:00Z', { days: 1 }, 'Europe/Berlin'), dates.add('2026-01-31', { months: 1 }),
        dates.startOf('2026-03-29T15:30:00Z', 'day', 'Europe/Berlin'), dates.startOf('2026-03-29T15:30:00Z', 'week'),
        dates.startOf('2026-03-29T15:30:45Z', 'hour'), dates.startOf('2026-03-29', 'year'), dates.startOf('2026-03-29', 'month'),
        dates.difference('2026-01-01', '2026-01-02T12:00:00Z', 'days'), dates.isoDate('2026-01-01T23:30:00Z', 'Asia/Tashkent'),
        dates.format('2026-01-02', { dateStyle: 'long' }, 'de-DE')]`)
    expect(value).toEqual([
      '2026-03-29T11:00:00.000Z',
      '2026-02-28T00:00:00.000Z',
      '2026-03-28T23:00:00.000Z',
      '2026-03-23T00:00:00.000Z',
      '2026-03-29T15:00:00.000Z',
      '2026-01-01T00:00:00.000Z',
      '2026-03-01T00:00:00.000Z',
      1.5,
      '2026-01-02',
      '2. Januar 2026',
    ])
  })

  test('base64 and slugs', async () => {
    const { value } = await run(`const { base64, slug } = utils
      return [base64.encode('é?>'), base64.decode('w6k/Pg=='), base64.encodeUrl('é?>'), base64.decodeUrl('w6k_Pg'), [...base64.toBytes('AQI=')],
        slug('  Crème Brûlée: it’s GOOD! '), slug('Straße & Weg'), slug('Привет, мир'), slug('a b c', { separator: '_' }), slug('one two three', { maxLength: 8 }), slug('!')]`)
    const encoded = ['w6k/Pg==', 'é?>', 'w6k_Pg', 'é?>', [1, 2]]
    const slugs = ['creme-brulee-its-good', 'strasse-weg', 'привет-мир', 'a_b_c', 'one-two', '']
    expect(value).toEqual([...encoded, ...slugs])
  })

  test('CSV within a script', async () => {
    const { value } = await run(
      `return [utils.csv.parse('a,b\\r\\n1,"x ""y"", z"\\n'), utils.csv.format([{ a: 1, b: 'x,y' }, { a: null, c: [1] }])]`,
    )
    expect(value).toEqual([[{ a: '1', b: 'x "y", z' }], 'a,b,c\r\n1,"x,y",\r\n,,[1]\r\n'])
  })
})

describe('CSV', () => {
  const { parse, format } = createCsv()

  test('comes back as it was written, whatever is in its fields and between them', () => {
    const cell = fc.string({
      maxLength: 8,
      unit: fc.constantFrom('a', '"', ',', ';', '\n', '\r\n', ' ', '^', '\\', ']', 'é'),
    })
    // A line with one empty field is an empty line, and those are left out.
    const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 5 })
    fc.assert(
      fc.property(
        rows,
        fc.constantFrom(',', ';', '\t', '^', '|', ']', '\\', '.', '-'),
        (lines, delimiter) => {
          expect(parse(format(lines, { delimiter, header: false }), { delimiter, header: false })).toEqual(
            lines,
          )
        },
      ),
      { numRuns: 1000 },
    )
  })

  test.for([
    ['a,b\n1,2', [{ a: '1', b: '2' }]],
    ['\ufeffa\n1\n\n2\n', [{ a: '1' }, { a: '2' }]],
    ['a,b\n1,', [{ a: '1', b: '' }]],
    ['a,b\n1', [{ a: '1', b: '' }]],
    ['', []],
  ] as const)('%j is read', ([text, rows]) => {
    expect(parse(text)).toEqual(rows)
  })

  test('a quote that does not end its field is refused', () => {
    expect(() => parse('a\n"b"c')).toThrow('csv: line 2')
    expect(() => parse('a,b', { delimiter: '""' })).toThrow('one character')
  })
})
