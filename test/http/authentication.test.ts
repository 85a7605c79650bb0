import { beforeAll, describe, expect, test } from 'vitest'

import { execute, givenSource } from '../support/executions-of.ts'
import { givenApiKey, givenExpiredKey, revokeApiKeys, usualScopes } from '../support/given-api-key.ts'
import type { GivenScript } from '../support/given-script.ts'
import { type GivenTenant, givenTenant } from '../support/given-tenant.ts'
import { useNode } from '../support/use-node.ts'

const node = useNode()
let tenant: GivenTenant
let script: GivenScript
let executionId: string

beforeAll(async () => {
  tenant = await givenTenant(node.database)
  script = await givenSource(node.database, tenant, 'export default () => "done"')
  ;[executionId = ''] = await execute(node.database, script, [{}])
})

/** Both doors, each with what only a good key gets. */
const doors = [
  ['POST', () => '/api/executions', () => ({ script: script.name })],
  ['GET', () => `/api/executions/${executionId}`, () => undefined],
] as const

describe.each(doors)('%s', (method, path, json) => {
  const ask = (headers: Record<string, string>) =>
    node.ask(path(), { method, headers, ...(json() && { json: json() }) })

  test.each([
    ['no header', {}],
    ['another scheme', { Authorization: 'Basic cGdzOng=' }],
    ['no key behind the scheme', { Authorization: 'Bearer ' }],
    ['two keys', { Authorization: 'Bearer pgs_a pgs_b' }],
    ["a key of no key's length", { Authorization: `Bearer ${'x'.repeat(201)}` }],
    ['the key in another header', { 'X-Api-Key': 'pgs_a' }],
  ])('%s: 401, and how to send one', async (_, headers) => {
    const { status, headers: answered, body } = await ask(headers)
    expect(status).toBe(401)
    expect(answered.get('www-authenticate')).toBe('Bearer realm="pgscript"')
    expect(body.error).toEqual({
      code: 'unauthenticated',
      message: 'This needs an API key: send it as "Authorization: Bearer pgs_…".',
    })
  })

  test('an unknown, a revoked and an expired key get the same answer', async () => {
    const other = await givenTenant(node.database)
    const revoked = await givenApiKey(node.database, other)
    await revokeApiKeys(node.database, other)
    const expired = await givenExpiredKey(node.database, other)
    for (const key of ['pgs_unknown', "pgs_'or''='", revoked, expired]) {
      const { status, body } = await ask({ Authorization: `Bearer ${key}` })
      expect(status).toBe(401)
      expect(body.error).toMatchObject({
        code: 'unauthenticated',
        message: 'The API key is unknown, revoked or expired.',
      })
    }
  })

  test('a good key is taken whatever the case of the scheme', async () => {
    const key = await givenApiKey(node.database, tenant)
    const { status } = await ask({ Authorization: `bearer  ${key}` })
    expect(status).toBeLessThan(300)
  })
})

test('a large body is not read for a stranger', async () => {
  const { status, body } = await node.ask('/api/executions', {
    method: 'POST',
    headers: { Authorization: 'Bearer pgs_unknown', 'Content-Type': 'application/json' },
    body: `{"script": ${'['.repeat(100_000)}`,
  })
  expect({ status, code: body.error.code }).toEqual({ status: 401, code: 'unauthenticated' })
})

describe('a key without the permission', () => {
  test('scripts.execute runs nothing', async () => {
    const key = await givenApiKey(node.database, tenant, ['scripts.read', 'executions.read'])
    const { status, body } = await node.ask('/api/executions', { key, json: { script: script.name } })
    expect({ status, ...body.error }).toMatchObject({ status: 403, code: 'permission_denied' })
    expect(body.error.message).toContain('scripts.execute')
  })

  test('executions.read reads nothing, not even whether it is there', async () => {
    const key = await givenApiKey(node.database, tenant, ['scripts.read', 'scripts.execute'])
    const answers = await Promise.all(
      [executionId, '00000000-0000-7000-8000-000000000000'].map((id) =>
        node.ask(`/api/executions/${id}`, { key }),
      ),
    )
    for (const { status, body } of answers) {
      expect({ status, ...body.error }).toEqual({
        status: 403,
        code: 'permission_denied',
        message: expect.stringContaining('executions.read'),
      })
    }
  })

  test('executions.read still gets the result of what it runs itself', async () => {
    const key = await givenApiKey(node.database, tenant, ['scripts.execute'])
    const { status, body } = await node.ask('/api/executions', {
      key,
      json: { script: script.name, wait: true },
    })
    expect({ status, output: body.output }).toEqual({ status: 200, output: 'done' })
  })
})

describe('the key of another tenant', () => {
  const asStranger = async () => givenApiKey(node.database, await givenTenant(node.database), usualScopes)

  test('runs no script of this one, by name or by id', async () => {
    const key = await asStranger()
    for (const name of [script.name, script.id]) {
      const { status, body } = await node.ask('/api/executions', { key, json: { script: name } })
      expect({ status, code: body.error.code }).toEqual({ status: 404, code: 'script_not_found' })
    }
  })

  test('reads no execution of this one, and is told what it would be told of none', async () => {
    const key = await asStranger()
    const nothing = '00000000-0000-7000-8000-000000000000'
    const [here, nowhere] = await Promise.all(
      [executionId, nothing].map((id) => node.ask(`/api/executions/${id}`, { key })),
    )
    expect(here?.status).toBe(404)
    expect(here?.text.replaceAll(executionId, nothing)).toBe(nowhere?.text)
  })

  test('takes no idempotency key of this one', async () => {
    const stranger = await givenTenant(node.database)
    await givenSource(node.database, stranger, 'export default () => "theirs"')
    const own = await node.ask('/api/executions', {
      key: await givenApiKey(node.database, tenant),
      json: { script: script.name, idempotencyKey: 'order 7' },
    })
    const theirs = await givenSource(node.database, stranger, 'export default () => "theirs"')
    const other = await node.ask('/api/executions', {
      key: await givenApiKey(node.database, stranger),
      json: { script: theirs.name, idempotencyKey: 'order 7', wait: true },
    })
    expect(other.body).toMatchObject({ output: 'theirs' })
    expect(other.body.id).not.toBe(own.body.id)
  })
})

test('a suspended tenant runs nothing new and reads what was', async () => {
  const suspended = await givenTenant(node.database)
  const key = await givenApiKey(node.database, suspended)
  const { name } = await givenSource(node.database, suspended, 'export default () => 1')
  const before = await node.ask('/api/executions', { key, json: { script: name, wait: true } })
  await node.database.owner.query("select pgscript.upsert_tenant($1, status => 'suspended')", [suspended.key])

  const refused = await node.ask('/api/executions', { key, json: { script: name } })
  expect({ status: refused.status, ...refused.body.error }).toMatchObject({
    status: 409,
    code: 'tenant_suspended',
    message: expect.stringContaining('suspended'),
  })
  const read = await node.ask(`/api/executions/${before.body.id}`, { key })
  expect({ status: read.status, output: read.body.output }).toEqual({ status: 200, output: 1 })
})
