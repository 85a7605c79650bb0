import { beforeAll, describe, expect, test } from 'vitest'

import { execute, givenSource } from '../support/executions-of.ts'
import { givenApiKey } from '../support/given-api-key.ts'
import { givenEventScript } from '../support/given-event-script.ts'
import { type GivenTenant, givenTenant } from '../support/given-tenant.ts'
import { until } from '../support/until.ts'
import { useNode } from '../support/use-node.ts'

const node = useNode()
let tenant: GivenTenant
let key: string

beforeAll(async () => {
  tenant = await givenTenant(node.database)
  key = await givenApiKey(node.database, tenant)
})

const given = (source: string, limits: Record<string, number> = {}) =>
  givenSource(node.database, tenant, source, limits)
const post = (json: unknown) => node.ask('/api/executions', { key, json })
const get = (id: string) => node.ask(`/api/executions/${id}`, { key })
const whenFinished = (id: string) =>
  until(async () => {
    const reply = await get(id)
    return reply.body.finishedAt !== null && reply
  })

const isoTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
const uuid = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/)

describe('a run that is waited for', () => {
  test('an input of null is null, and only a missing one is an empty object', async () => {
    const script = await given('export default (input) => [input]')
    const outputs = []
    for (const input of [null, undefined, false, '', 0])
      outputs.push((await post({ script: script.name, input, wait: 20 })).body.output)
    expect(outputs).toEqual([[null], [{}], [false], [''], [0]])
  })

  test('answers 200 with the record, but for its input, and where it is', async () => {
    const script = await given(
      `export default (input) => { console.warn('so', { n: 1 }); return { twice: input.n * 2 } }`,
    )
    const { status, headers, body } = await post({ script: script.name, input: { n: 21 }, wait: 20 })
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(headers.get('location')).toBe(`/api/executions/${body.id}`)
    expect(body).toEqual({
      id: uuid,
      script: script.name,
      version: 1,
      status: 'completed',
      triggerType: 'api',
      attempt: 1,
      createdAt: isoTime,
      runAt: isoTime,
      startedAt: isoTime,
      finishedAt: isoTime,
      output: { twice: 42 },
      error: null,
      metrics: {
        startMs: expect.any(Number),
        durationMs: expect.any(Number),
        cpuMs: expect.any(Number),
        peakHeapBytes: expect.any(Number),
        hostCalls: 0,
        seed: expect.stringMatching(/^[0-9a-f]{32}$/),
        startedAt: expect.any(Number),
      },
      logs: [{ level: 'warn', at: expect.any(Number), message: expect.stringContaining('so'), ...{} }].map(
        (line) => expect.objectContaining(line),
      ),
    })
    const read = await get(body.id)
    expect(read.status).toBe(200)
    expect(read.body).toEqual({ ...body, input: { n: 21 } })
  })

  test('a payload too deep for JavaScript to write is read as it is', async () => {
    const { id } = await givenEventScript(
      node.database,
      tenant,
      { events: ['deep.one'] },
      { source: 'export default () => 1' },
    )
    const deep = '['.repeat(9_000) + ']'.repeat(9_000)
    await node.database.owner.query(
      "insert into pgscript.events (tenant_key, type, payload) values ($1, 'deep.one', $2)",
      [tenant.key, deep],
    )
    const { rows } = await node.database.owner.query<{ id: string }>(
      'select id from pgscript.executions where script_id = $1',
      [id],
    )
    const { status, text } = await node.ask(`/api/executions/${rows[0]?.id}`, { key })
    expect(status).toBe(200)
    expect(text).toContain(`"input":${deep}`)
  })

  test('answers as soon as it has finished', async () => {
    const { name } = await given('export default () => 1')
    const started = performance.now()
    const { status } = await post({ script: name, wait: 60 })
    expect(status).toBe(200)
    expect(performance.now() - started).toBeLessThan(15_000)
  })

  test('runs by id as well, and true is a wait too', async () => {
    const { id, name } = await given('export default () => null')
    const { status, body } = await post({ script: id, wait: true })
    expect({ status, script: body.script, output: body.output }).toEqual({
      status: 200,
      script: name,
      output: null,
    })
  })

  test.each([
    [
      'failed',
      'export default () => { throw new TypeError("no") }',
      {},
      { code: 'script_error', type: 'TypeError', message: 'no' },
    ],
    ['failed', 'export default () => "\\u0000"', {}, { code: 'output_not_serializable' }],
    ['failed', 'export default () => "x".repeat(2000)', { output_bytes: 1024 }, { code: 'output_limit' }],
    ['timeout', 'export default () => new Promise(() => {})', { wall_time_ms: 200 }, { code: 'timeout' }],
  ])('that ends as %s is a 200 with the error: %s', async (status, source, limits, error) => {
    const script = await given(source, limits)
    const reply = await post({ script: script.name, wait: 20 })
    expect(reply.status).toBe(200)
    expect(reply.body).toMatchObject({ status, output: null, error })
    const read = await get(reply.body.id)
    expect(read.body).toEqual({ ...reply.body, input: {} })
  })

  test('shows the script and not the host in a stack', async () => {
    const { name } = await given('function inner() { throw new Error("deep") }\nexport default () => inner()')
    const { body } = await post({ script: name, wait: 20 })
    expect(body.error).toMatchObject({ line: 1, sourceLine: expect.stringContaining('throw') })
    expect(body.error.stack).toContain(`${name}.js:1`)
    expect(JSON.stringify(body)).not.toMatch(/node_modules|\/src\/|file:|node:internal/)
  })

  test('for longer than it may be waited for is a 202 with the record as it is', async () => {
    const { name } = await given('export default () => new Promise(() => {})', { wall_time_ms: 3_000 })
    const { status, headers, body } = await post({ script: name, wait: 0.2 })
    expect(status).toBe(202)
    expect(headers.get('location')).toBe(`/api/executions/${body.id}`)
    expect(body).toMatchObject({ id: uuid, script: name, output: null, finishedAt: null, logs: [] })
    expect(['pending', 'running']).toContain(body.status)
    expect(body).not.toHaveProperty('input')
    expect((await whenFinished(body.id)).body.status).toBe('timeout')
  })

  test('goes on when its caller hangs up', async () => {
    const { name } = await given(
      'export default async () => { await new Promise((resolve) => setTimeout(resolve, 300)); return "done" }',
    )
    const gone = new AbortController()
    const asked = node.ask('/api/executions', {
      key,
      json: { script: name, wait: 20, idempotencyKey: 'hangs up' },
      signal: gone.signal,
    })
    await until(async () => {
      const { rows } = await node.database.owner.query(
        "select from pgscript.executions where idempotency_key = 'hangs up'",
      )
      return rows.length > 0
    })
    gone.abort()
    await expect(asked).rejects.toThrow()
    const again = await post({ script: name, wait: 20, idempotencyKey: 'hangs up' })
    expect(again.body.output).toBe('done')
  })
})

describe('a run that is not waited for', () => {
  test.each([undefined, false, 0])('answers 202 with the id at once (wait: %s)', async (wait) => {
    const { name } = await given('export default () => "later"')
    const { status, headers, body } = await post({ script: name, wait })
    expect(status).toBe(202)
    expect(body).toEqual({ id: uuid, status: 'pending' })
    expect(headers.get('location')).toBe(`/api/executions/${body.id}`)
    expect((await whenFinished(body.id)).body.output).toBe('later')
  })

  test('stays pending until its time', async () => {
    const { name } = await given('export default () => 1')
    const runAt = '2999-12-31T23:00:00.000+01:00'
    const { body } = await post({ script: name, runAt })
    await node.ask('/api/executions', { key, json: { script: name, wait: 20 } })
    const read = await get(body.id)
    expect(read.body).toMatchObject({
      status: 'pending',
      attempt: 0,
      runAt: '2999-12-31T22:00:00.000Z',
      startedAt: null,
      finishedAt: null,
      output: null,
      error: null,
      logs: [],
      metrics: {},
    })
  })

  test('runs at once when its time is over', async () => {
    const { name } = await given('export default () => 1')
    const { status } = await post({ script: name, runAt: '2001-01-01T00:00:00Z', wait: 20 })
    expect(status).toBe(200)
  })

  test('keeps its priority', async () => {
    const { name } = await given('export default () => 1')
    const { body } = await post({ script: name, priority: -100, runAt: '2999-01-01T00:00:00Z' })
    const { rows } = await node.database.owner.query(
      'select priority from pgscript.executions where id = $1',
      [body.id],
    )
    expect(rows).toEqual([{ priority: -100 }])
  })
})

describe('an idempotency key', () => {
  test('that was used names the first run, with what has become of it', async () => {
    const { name } = await given('export default (input) => input.n')
    const first = await post({ script: name, input: { n: 1 }, idempotencyKey: 'key one', wait: 20 })
    const started = performance.now()
    const second = await post({ script: name, input: { n: 2 }, idempotencyKey: 'key one', wait: 20 })
    expect(performance.now() - started).toBeLessThan(5_000)
    expect(second.status).toBe(200)
    expect(second.body).toEqual(first.body)
    const third = await post({ script: name, idempotencyKey: 'key one' })
    expect({ status: third.status, body: third.body }).toEqual({ status: 200, body: first.body })
  })

  test('of a run that nobody waited for can be waited for', async () => {
    const { name } = await given(
      'export default async () => { await new Promise((resolve) => setTimeout(resolve, 500)); return 7 }',
    )
    const first = await post({ script: name, idempotencyKey: 'key two' })
    expect(first.body.id).toEqual(uuid)
    const second = await post({ script: name, idempotencyKey: 'key two', wait: 20 })
    expect(second).toMatchObject({ status: 200, body: { id: first.body.id, output: 7 } })
  })

  test('asked for many times at once makes one run', async () => {
    const { name } = await given('export default () => Math.random()')
    const replies = await Promise.all(
      Array.from({ length: 8 }, () => post({ script: name, idempotencyKey: 'key three', wait: 20 })),
    )
    expect(new Set(replies.map(({ body }) => `${body.id} ${body.output}`)).size).toBe(1)
    expect(replies.every(({ status }) => status === 200)).toBe(true)
  })
})

describe('a script that cannot run', () => {
  test('paused', async () => {
    const { name } = await given('export default () => 1')
    await node.database.owner.query("select pgscript.set_script_status($1, $2, 'paused')", [tenant.key, name])
    const { status, body } = await post({ script: name })
    expect({ status, ...body.error }).toMatchObject({
      status: 409,
      code: 'script_not_active',
      field: 'script',
      message: 'The script is paused, and only active scripts run.',
    })
  })

  test('a draft, for a key that may not edit it', async () => {
    const { rows } = await node.database.owner.query<{ name: string }>(
      "select name from pgscript.save_script($1, 'only a draft', 'export default () => 1')",
      [tenant.key],
    )
    const { status, body } = await post({ script: rows[0]?.name })
    expect({ status, code: body.error.code }).toEqual({ status: 403, code: 'permission_denied' })
  })
})

describe('GET', () => {
  test.each(['7', 'not-a-uuid', '..%2f..%2fmetrics', "'%20or%201=1%20--", '%00', '%E0%A4%A'])(
    'of an id that is none: %s',
    async (id) => {
      const { status, body } = await get(id)
      expect({ status, ...body.error }).toEqual({
        status: 422,
        code: 'invalid_input',
        field: 'id',
        message: 'id: must be the id of an execution, a UUID.',
      })
    },
  )

  test('of an execution that SQL asked for has the same fields', async () => {
    const script = await given('export default () => 1')
    const [id = ''] = await execute(node.database, script, [{ from: 'SQL' }])
    const { body } = await whenFinished(id)
    const { body: ours } = await post({ script: script.name, wait: 20 })
    expect(Object.keys(body).sort()).toEqual([...Object.keys(ours), 'input'].sort())
    expect(body).toMatchObject({ input: { from: 'SQL' }, output: 1 })
  })
})
