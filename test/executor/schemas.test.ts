import { beforeEach, describe, expect, test } from 'vitest'

import type { JsonSchema } from '../../src/scripts/schema-hazards.ts'
import { type GivenTenant, givenTenant } from '../support/given-tenant.ts'
import { useDatabase } from '../support/use-database.ts'
import { useScriptRunner } from '../support/use-script-runner.ts'

const database = useDatabase()
const runner = useScriptRunner(database)
let tenant: GivenTenant

beforeEach(async () => {
  tenant = await givenTenant(database)
})

const echo = "console.log('began')\nexport default (input) => input.give ?? input"
const save = (schemas: { inputSchema?: JsonSchema; outputSchema?: JsonSchema }, source = echo) =>
  runner.save(tenant, 'main', source, schemas)

const order: JsonSchema = {
  type: 'object',
  required: ['items'],
  additionalProperties: false,
  properties: {
    items: { type: 'array', items: { $ref: '#/$defs/item' }, uniqueItems: true },
    when: { type: 'string', format: 'date' },
    kind: { enum: ['a', 'b'] },
  },
  $defs: {
    item: { type: 'object', properties: { price: { type: 'number', minimum: 0 }, name: { minLength: 2 } } },
  },
}

describe('an input', () => {
  test('that matches its schema reaches the script', async () => {
    const saved = await save({ inputSchema: order })
    const input = { items: [{ price: 1, name: 'pen' }], when: '2026-02-28', kind: 'a' }
    expect(await runner.run(saved, input)).toMatchObject({
      status: 'completed',
      output: JSON.stringify(input),
    })
  })

  test.each<[string, unknown, string]>([
    ['lacks a property', {}, "input must have required property 'items'"],
    ['has a wrong value deep inside', { items: [{ price: -1 }] }, 'input/items/0/price must be >= 0'],
    ['has one too many', { items: [], x: 1 }, 'input must NOT have additional properties: "x"'],
    [
      'is not one of the allowed',
      { items: [], kind: 'c' },
      'must be equal to one of the allowed values: ["a","b"]',
    ],
    ['is not of the format', { items: [], when: '2026-02-30' }, 'input/when must match format "date"'],
    ['is too short', { items: [{ name: '\u{1f600}' }] }, 'must NOT have fewer than 2 characters'],
    ['repeats itself', { items: [{ price: 1 }, { price: 1 }] }, 'must NOT have duplicate items'],
    ['is no object', [], 'input must be object'],
  ])('that %s fails for good, before any of the script has run', async (_, input, message) => {
    const saved = await save({ inputSchema: order })
    expect(await runner.run(saved, input)).toMatchObject({
      status: 'failed',
      error: { code: 'input_mismatch', retryable: false, message: expect.stringContaining(message) },
      logs: [],
    })
  })

  test('may be described in draft-07 as well', async () => {
    const $schema = 'http://json-schema.org/draft-07/schema#'
    const saved = await save({ inputSchema: { $schema, items: [{ type: 'string' }] } })
    expect(await runner.run(saved, [1])).toMatchObject({ error: { code: 'input_mismatch' } })
  })

  test.for<[JsonSchema, unknown, boolean]>([
    [{ properties: { constructor: { type: 'string' }, toString: false } }, {}, true],
    [{ properties: { constructor: { type: 'string' } } }, { constructor: 1 }, false],
    [{ required: ['toString'] }, {}, false],
    [{ multipleOf: 0.01 }, 19.99, true],
    [{ multipleOf: 0.1 }, 0.3, true],
    [{ multipleOf: 0.01 }, 19.995, false],
  ])('has its own properties and exact multiples: %j of %j', async ([inputSchema, input, fits]) => {
    const result = await runner.run(await save({ inputSchema }, 'export default () => 1'), input)
    expect(result.error?.code).toBe(fits ? undefined : 'input_mismatch')
  })

  test('that would make a pattern backtrack costs the execution its own limits, and nothing else', async () => {
    // Polynomial, so not refused at save.
    const inputSchema = { pattern: '^a*a*a*a*a*a*a*a*b$' }
    const saved = await runner.save(tenant, 'main', echo, { inputSchema })
    expect(saved.state).toBe('accepted')
    const [slow, other] = await Promise.all([
      runner.run(saved, 'a'.repeat(1000), { wallMs: 500 }),
      runner.run(await runner.save(tenant, 'other', 'export default () => 1')),
    ])
    expect(slow.status).toBe('timeout')
    expect(other.output).toBe('1')
  })
})

describe('an output', () => {
  test('is judged as it would be recorded', async () => {
    const saved = await save(
      { outputSchema: { type: 'object', properties: { at: { type: 'string', format: 'date-time' } } } },
      'export default () => ({ at: new Date(0), left: undefined })',
    )
    expect(await runner.run(saved)).toMatchObject({
      status: 'completed',
      output: '{"at":"1970-01-01T00:00:00.000Z"}',
    })
  })

  test('that does not match fails the execution', async () => {
    const saved = await save({ outputSchema: { type: 'string' } })
    expect(await runner.run(saved, { give: 5 })).toMatchObject({
      status: 'failed',
      error: {
        code: 'output_mismatch',
        retryable: false,
        message: 'The output does not match its schema: output must be string.',
      },
      logs: [{ message: 'began' }],
    })
  })

  test('that is nothing counts as null', async () => {
    const saved = await save({ outputSchema: { type: 'null' } }, 'export default () => undefined')
    expect(await runner.run(saved)).toMatchObject({ status: 'completed', output: 'null' })
  })

  test('that cannot become JSON is said to be that', async () => {
    const saved = await save({ outputSchema: true }, 'export default () => ({ n: 1n })')
    expect(await runner.run(saved)).toMatchObject({ error: { code: 'output_not_serializable' } })
  })

  test('crosses the border as one without a schema does: nothing is lost without a word', async () => {
    const bytes = await save(
      { outputSchema: true },
      'export default () => ({ bytes: new Uint8Array([1, 2]) })',
    )
    expect(await runner.run(bytes)).toMatchObject({ status: 'completed', output: '{"bytes":"AQI="}' })
    const map = await save({ outputSchema: true }, 'export default () => ({ map: new Map([[1, 2]]) })')
    expect((await runner.run(map)).error).toMatchObject({
      code: 'output_not_serializable',
      message: expect.stringContaining('output.map is a Map'),
    })
  })

  test('cannot be passed off by a script that changes built-in objects', async () => {
    const source = `export default () => {
      try { JSON.parse = () => 'fine' } catch {}
      try { Object.prototype.type = 'string' } catch {}
      return 5
    }`
    expect(await runner.run(await save({ outputSchema: { type: 'string' } }, source))).toMatchObject({
      error: { code: 'output_mismatch' },
    })
  })
})

test('errors keep the lines of the script where it has a schema', async () => {
  const saved = await save({ inputSchema: true }, '\nexport default () => {\n  throw new Error("here")\n}')
  expect((await runner.run(saved)).error).toMatchObject({
    line: 3,
    column: 9,
    stack: expect.stringMatching(/main\.js:3:9\)$/),
  })
})

test('a script with a schema and no default export says so', async () => {
  const saved = await runner.save(tenant, 'main', 'export const a = 1', {
    type: 'embedded',
    inputSchema: true,
  })
  expect((await runner.run(saved)).error).toMatchObject({ code: 'no_default_export' })
})

test('a format that is not known is flagged with its place, and the version accepted', async () => {
  const inputSchema = {
    properties: { format: { type: 'string' }, at: { format: 'datetime' }, id: { format: 'uuid' } },
    examples: [{ format: 'mine' }],
  }
  expect(await save({ inputSchema })).toMatchObject({
    state: 'accepted',
    findings: [
      {
        severity: 'info',
        code: 'unknown_format',
        message:
          "input_schema/properties/at/format: 'datetime' is no known format, so nothing is checked by it. Use `pattern`, or a format such as date-time, date, email, uri or uuid.",
      },
    ],
  })
})

describe('a schema is refused at save', () => {
  const deep = (levels: number): JsonSchema => (levels === 0 ? {} : { allOf: [deep(levels - 1)] })
  test.each<[string, string, JsonSchema]>([
    ['that is none', 'invalid_schema', { type: 'strng' }],
    ['with a pattern that is none', 'invalid_schema', { pattern: '(' }],
    ['of another dialect', 'invalid_schema', { $schema: 'http://example.com/mine' }],
    ['that is asynchronous', 'invalid_schema', { $async: true }],
    ['that refers to another document', 'remote_ref', { $ref: 'https://example.com/a.json' }],
    ['that refers to nothing', 'invalid_schema', { $ref: '#/$defs/none' }],
    ['with a pattern that backtracks', 'catastrophic_pattern', { properties: { a: { pattern: '(a+)+$' } } }],
    ['with such a name', 'catastrophic_pattern', { patternProperties: { '^(a*)*$': {} } }],
    ['nested too deeply', 'schema_too_complex', deep(100)],
    ['that refers to itself', 'schema_too_complex', { $ref: '#' }],
    ['that does so dynamically', 'schema_too_complex', { $dynamicAnchor: 'x', $dynamicRef: '#x' }],
    ['with too many values', 'schema_too_complex', { allOf: Array.from({ length: 15_000 }, () => ({})) }],
  ])('%s: %s', async (_, code, inputSchema) => {
    const saved = await save({ inputSchema })
    expect(saved).toMatchObject({ state: 'rejected', findings: [{ code, severity: 'error' }] })
    expect(saved.findings[0]?.message).toMatch(/^input_schema/)
  })

  test.for<[JsonSchema, string]>([
    [
      { properties: { a: { type: 'strng' } } },
      'input_schema/properties/a/type: must be equal to one of the allowed values: array, boolean, integer, null, number, object, string.',
    ],
    [{ required: 'a' } as never, 'input_schema/required: must be array.'],
    [
      { $schema: 'http://json-schema.org/draft-04/schema#' },
      'input_schema/$schema: must be "https://json-schema.org/draft/2020-12/schema" or "http://json-schema.org/draft-07/schema#"; leave it out for the first.',
    ],
  ])('with the place and what would do: %j', async ([inputSchema, message]) => {
    expect((await save({ inputSchema })).findings).toMatchObject([{ code: 'invalid_schema', message }])
  })

  test('a name in `properties` is no keyword, and a constant no schema', async () => {
    const inputSchema = {
      properties: { pattern: { type: 'string' }, $async: true },
      const: { $ref: 'http://x' },
    }
    expect(await save({ inputSchema })).toMatchObject({ state: 'accepted', findings: [] })
  })

  test('nothing in a schema becomes code', async () => {
    const text = '"]; globalThis.broken = true; //\u2028\n` */ \' \\'
    const inputSchema = {
      const: text,
      title: text,
      description: text,
      $comment: text,
      properties: { [text]: { const: text } },
    }
    const saved = await save({ inputSchema }, 'export default () => typeof globalThis.broken')
    expect(saved.state).toBe('accepted')
    expect((await runner.run(saved, text)).output).toBe('"undefined"')
  })
})
