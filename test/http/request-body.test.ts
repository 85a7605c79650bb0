import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'

import { givenSource } from '../support/executions-of.ts'
import { givenApiKey } from '../support/given-api-key.ts'
import { givenTenant } from '../support/given-tenant.ts'
import { type Reply, useNode } from '../support/use-node.ts'

const node = useNode()
let key: string
let script: string

beforeAll(async () => {
  const tenant = await givenTenant(node.database)
  key = await givenApiKey(node.database, tenant)
  script = (await givenSource(node.database, tenant, 'export default (input) => input')).name
})

const post = (json: unknown) => node.ask('/api/executions', { key, json })
const postText = (
  body: string | Uint8Array<ArrayBuffer>,
  type = 'application/json',
  headers: Record<string, string> = {},
) =>
  node.ask('/api/executions', {
    key,
    method: 'POST',
    body,
    headers: { 'Content-Type': type, ...headers },
  })

function expectError(reply: Reply, status: number, error: Record<string, unknown>) {
  expect({ status: reply.status, ...reply.body }).toEqual({ status, error })
}

describe('a field that does not fit', () => {
  const whatScript = 'must be the name or id of a script, 1 to 100 characters.'
  const whatWait = 'wait: must be true (30 s), false, or seconds from 0 to 60.'
  const whatPriority = 'priority: must be a whole number from -100 (last) to 100 (first).'
  const whatRunAt = 'runAt: must be a time with its zone, such as "2030-01-31T12:00:00Z".'
  const whatKey = 'idempotencyKey: must be 1 to 200 characters.'
  const unprintable = 'holds a control character or half of a surrogate pair; remove it.'

  test.each([
    ['script', undefined, `script: is missing; it ${whatScript}`],
    ['script', null, `script: ${whatScript}`],
    ['script', 7, `script: ${whatScript}`],
    ['script', {}, `script: ${whatScript}`],
    ['script', '', `script: ${whatScript}`],
    ['script', 'x'.repeat(101), `script: ${whatScript}`],
    ['script', 'a\u0000b', `script: ${unprintable}`],
    ['script', '\ud800', `script: ${unprintable}`],
    ['wait', 'yes', whatWait],
    ['wait', -1, whatWait],
    ['wait', 60.1, whatWait],
    ['wait', null, whatWait],
    ['priority', 1.5, whatPriority],
    ['priority', 101, whatPriority],
    ['priority', -101, whatPriority],
    ['priority', '1', whatPriority],
    ['priority', 1e300, whatPriority],
    ['runAt', 'tomorrow', whatRunAt],
    ['runAt', '2030-01-31T12:00:00', whatRunAt],
    ['runAt', '2030-02-30T12:00:00Z', whatRunAt],
    ['runAt', 1_900_000_000, whatRunAt],
    ['idempotencyKey', '', whatKey],
    ['idempotencyKey', 'x'.repeat(201), whatKey],
    ['idempotencyKey', 12, whatKey],
    ['idempotencyKey', 'a\u0000', `idempotencyKey: ${unprintable}`],
  ])('%s: %j', async (field, value, message) => {
    expectError(await post({ script, [field]: value }), 422, { code: 'invalid_input', message, field })
  })

  test('one that is not known is refused by name, and the known ones are listed', async () => {
    const reply = await post({ script, inputs: {} })
    expectError(reply, 422, {
      code: 'invalid_input',
      message:
        'inputs: is not a known field; known are script, input, wait, priority, runAt, idempotencyKey.',
      field: 'inputs',
    })
  })

  test('a script that the tenant does not have', async () => {
    const reply = await post({ script: 'nothing like it' })
    expectError(reply, 404, {
      code: 'script_not_found',
      message: expect.stringContaining("'nothing like it'"),
      hint: expect.any(String),
      field: 'script',
    })
  })
})

describe('a body that is no request', () => {
  test.each([
    ['an array', '[]'],
    ['a string', '"hello"'],
    ['null', 'null'],
  ])('%s', async (_, body) => {
    const message = 'The body must be a JSON object such as {"script": "hello", "input": {"name": "world"}}.'
    expectError(await postText(body), 422, { code: 'invalid_input', message })
  })

  test.each([
    ['malformed', '{"script": }', /^The body is not valid JSON: Unexpected token '}'/],
    ['cut off', '{"script": "hel', /^The body is not valid JSON: /],
    ['not JSON at all', '<script/>', /^The body is not valid JSON: /],
    ['empty', '', /^The body is empty; send a JSON object\.$/],
    ['blank', ' \n', /^The body is empty; send a JSON object\.$/],
  ])('%s', async (_, body, message) => {
    expectError(await postText(body), 400, {
      code: 'malformed_body',
      message: expect.stringMatching(message),
    })
  })

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonish'])(
    'of type %s',
    async (type) => {
      expectError(await postText('{}', type), 415, {
        code: 'unsupported_media_type',
        message: `Send the body as JSON with the header "Content-Type: application/json", not as ${type}.`,
      })
    },
  )

  test('without a type', async () => {
    const reply = await node.ask('/api/executions', { key, method: 'POST' })
    expectError(reply, 415, {
      code: 'unsupported_media_type',
      message: expect.stringContaining('not without a Content-Type.'),
    })
  })

  test('in an encoding that nobody knows, or that it does not have', async () => {
    const unknown = await postText('{}', 'application/json', { 'Content-Encoding': 'rot13' })
    expectError(unknown, 415, { code: 'unsupported_media_type', message: expect.stringContaining('gzip') })
    const broken = await postText('{}', 'application/json', { 'Content-Encoding': 'gzip' })
    expectError(broken, 400, {
      code: 'malformed_body',
      message: 'The body is not packed in the way that its Content-Encoding says.',
    })
  })
})

describe('a body that is too large', () => {
  const tooLarge = { code: 'body_too_large', message: 'The request body is too large.' }

  test('by its announced length', async () => {
    expectError(await postText(`{"input": "${'x'.repeat(12 * 1024 * 1024)}"}`), 413, tooLarge)
  })

  test('without saying so before', async () => {
    expect(await postChunks(12)).toMatchObject({ status: 413, body: { error: tooLarge } })
  })

  test('when it is unpacked', async () => {
    const bomb = gzipSync(`{"input": "${'x'.repeat(50 * 1024 * 1024)}"}`)
    const reply = await postText(bomb, 'application/json', { 'Content-Encoding': 'gzip' })
    expectError(reply, 413, tooLarge)
  })

  test('for the limit of the tenant', async () => {
    const reply = await post({ script, input: 'x'.repeat(1024 * 1024) })
    expectError(reply, 422, {
      code: 'input_too_large',
      message: 'input: is 1048578 bytes as JSON; the limit is 1048576.',
      field: 'input',
    })
  })
})

describe('an input', () => {
  test.each([
    ['absent', undefined, {}],
    ['null', null, null],
    ['false', false, false],
    ['a number', -1.5e-7, -1.5e-7],
    ['a string', '"\\\u2028é😀', '"\\\u2028é😀'],
    ['an array', [1, [2]], [1, [2]]],
    ['an escaped backslash before u0000', '\\u0000', '\\u0000'],
  ])('arrives as it was sent: %s', async (_, input, expected) => {
    const { status, body } = await post({ script, input, wait: true })
    expect({ status, output: body.output }).toEqual({ status: 200, output: expected })
  })

  test.each([
    ['NUL', 'a\u0000b'],
    ['half of a surrogate pair', { '\udc00': 1 }],
  ])('that cannot be stored is refused: %s', async (_, input) => {
    expectError(await post({ script, input }), 422, {
      code: 'invalid_input',
      message: expect.stringMatching(/^input: holds a NUL character .* base64\.$/),
      field: 'input',
    })
  })

  test('with a key __proto__ arrives with it, and nothing is polluted', async () => {
    const body = `{"script": "${script}", "wait": true, "input": {"__proto__": {"polluted": true}, "constructor": 1}}`
    const reply = await postText(body)
    expect(reply.status).toBe(200)
    expect(Object.entries(reply.body.output)).toEqual([
      ['__proto__', { polluted: true }],
      ['constructor', 1],
    ])
    expect({}).not.toHaveProperty('polluted')
  })

  test('__proto__ beside it is an unknown field', async () => {
    const reply = await postText(`{"script": "${script}", "__proto__": {"wait": true}}`)
    expectError(reply, 422, {
      code: 'invalid_input',
      message: expect.stringMatching(/^__proto__: is not a known field/),
      field: '__proto__',
    })
  })

  test('that is too deep is refused before it is parsed', async () => {
    const deep = `{"a": ["]"], "b": ${'['.repeat(1_000)}`
    for (const input of [deep + ']'.repeat(1_000), '['.repeat(5_000_000)]) {
      expectError(await postText(`{"script": "${script}", "input": ${input}}`), 422, {
        code: 'invalid_input',
        message: 'The body is too deeply nested (more than 1000 levels); send it flatter, or as a string.',
      })
    }
  })

  test('of as many brackets side by side, or in a string, is let in', async () => {
    const input = { arrays: Array.from({ length: 2_000 }, () => []), text: '["\\"[{'.repeat(2_000) }
    const reply = await post({ script, input, wait: true })
    expect(reply.body.output).toEqual(input)
  })

  test('with a number beyond a double is refused instead of becoming null', async () => {
    for (const huge of ['1e400', '-1E+999', '9'.repeat(400)]) {
      const reply = await postText(
        `{"script": "${script}", "input": {"lines": [{"amount": 1e300}, {"amount": ${huge}}]}}`,
      )
      expectError(reply, 422, {
        code: 'invalid_input',
        message:
          'input.lines.1.amount: is a number beyond what JavaScript can hold (1.8e308); send it as a string.',
        field: 'input.lines.1.amount',
      })
    }
  })

  test('that only looks like such a number is let in', async () => {
    const input = { text: `1e400 ${'9'.repeat(400)}`, number: 1e-320 }
    const reply = await post({ script, input, wait: true })
    expect(reply.body.output).toEqual(input)
  })
})

describe('the encoding of a body', () => {
  const body = () => JSON.stringify({ script, input: 'é', wait: true })

  test('is UTF-8, with or without a mark, whatever the capitals of its type', async () => {
    for (const type of [
      'application/json; charset=UTF-8',
      'application/json;charset="utf8"',
      'Application/JSON',
    ])
      expect((await postText(`\ufeff${body()}`, type)).body.output).toBe('é')
  })

  test('is not guessed: what is not UTF-8 is refused instead of being replaced', async () => {
    const reply = await postText(new Uint8Array(Buffer.from(body(), 'latin1')))
    expectError(reply, 400, {
      code: 'malformed_body',
      message: 'The body is not valid UTF-8; send JSON in UTF-8.',
    })
  })

  test('that is declared as another one is refused', async () => {
    for (const charset of ['iso-8859-1', 'utf-16']) {
      const reply = await postText(body(), `application/json; charset=${charset}`)
      expectError(reply, 415, {
        code: 'unsupported_media_type',
        message: `JSON is sent in UTF-8, not in ${charset}. Send the header "Content-Type: application/json".`,
      })
    }
  })
})

/** A body that comes in pieces, of whose length nobody was told; the server may answer before its end. */
async function postChunks(megabytes: number): Promise<{ status: number | undefined; body: unknown }> {
  const outgoing = request(`${node.url}/api/executions`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
  })
  outgoing.on('error', () => undefined)
  const answered = new Promise<{ status: number | undefined; body: unknown }>((resolve, reject) => {
    outgoing.once('response', (response) => {
      text(response).then((body) => resolve({ status: response.statusCode, body: JSON.parse(body) }), reject)
    })
  })
  for (let sent = 0; sent < megabytes; sent += 1) outgoing.write('x'.repeat(1024 * 1024))
  outgoing.end()
  return await answered
}
