import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'

import { execute, givenSource, whenFinished } from '../support/executions-of.ts'
import { givenApiKey } from '../support/given-api-key.ts'
import { givenTenant } from '../support/given-tenant.ts'
import { useNode } from '../support/use-node.ts'

const node = useNode()

async function givenExecution() {
  const tenant = await givenTenant(node.database)
  const script = await givenSource(node.database, tenant, 'export default () => 1')
  const [id = ''] = await execute(node.database, script, [{}])
  await whenFinished(node.database, tenant)
  return { key: await givenApiKey(node.database, tenant), path: `/api/executions/${id}` }
}

test.each(['/', '/api', '/api/executionsx', '/api/executions/a/b', '/favicon.ico', '/health', '//metrics'])(
  'there is nothing at %s',
  async (path) => {
    const { status, headers, body } = await node.ask(path)
    expect(status).toBe(404)
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(body).toEqual({
      error: { code: 'not_found', message: 'There is nothing at this address.' },
    })
  },
)

test.each([
  ['DELETE', '/api/executions', 'POST'],
  ['GET', '/api/executions', 'POST'],
  ['POST', '/api/executions/00000000-0000-7000-8000-000000000000', 'HEAD, GET'],
  ['PUT', '/health/live', 'HEAD, GET'],
  ['POST', '/metrics', 'HEAD, GET'],
])('%s %s: 405, with what it takes', async (method, path, allowed) => {
  const { status, headers, body } = await node.ask(path, { method })
  expect({ status, allow: headers.get('allow') }).toEqual({ status: 405, allow: allowed })
  expect(body.error).toEqual({
    code: 'method_not_allowed',
    message: 'The address does not take this method; the header Allow names those it takes.',
  })
})

test('a method nobody knows is refused, and is no error of ours', async () => {
  const { status, headers, body } = await node.ask('/health/live', { method: 'PROPFIND' })
  expect({ status, allow: headers.get('allow'), code: body.error.code }).toEqual({
    status: 501,
    allow: 'HEAD, GET',
    code: 'method_not_implemented',
  })
  expect(node.log.filter(({ level }) => level === 'error')).toEqual([])
})

test('OPTIONS names the methods', async () => {
  const { status, headers, text: body } = await node.ask('/api/executions', { method: 'OPTIONS' })
  expect({ status, allow: headers.get('allow'), body }).toEqual({ status: 200, allow: 'POST', body: '' })
})

test('HEAD answers as GET does, without a body', async () => {
  const { key, path } = await givenExecution()
  const [head, get] = await Promise.all([node.ask(path, { key, method: 'HEAD' }), node.ask(path, { key })])
  expect(head.text).toBe('')
  expect({ status: head.status, length: head.headers.get('content-length') }).toEqual({
    status: 200,
    length: get.headers.get('content-length'),
  })
  expect((await node.ask(path, { method: 'HEAD' })).status).toBe(401)
  expect((await node.ask('/health/live', { method: 'HEAD' })).status).toBe(200)
})

test.each([
  ['a header', { 'X-HTTP-Method-Override': 'DELETE' }, ''],
  ['another header', { 'X-Method-Override': 'PUT' }, ''],
  ['the query', {}, '?_method=DELETE'],
])('a method in %s changes nothing', async (_, headers, query) => {
  const { key, path } = await givenExecution()
  const read = await node.ask(path + query, { key, headers })
  expect({ status: read.status, output: read.body.output }).toEqual({ status: 200, output: 1 })
})

test('the API key in the query is not one', async () => {
  const { key, path } = await givenExecution()
  expect((await node.ask(`${path}?api_key=${key}&authorization=Bearer%20${key}`)).status).toBe(401)
})

test('bytes that are not HTTP get a 400 and nothing else', async () => {
  const { hostname, port } = new URL(node.url)
  const socket = connect(Number(port), hostname)
  socket.end('\u0016\u0003\u0001 hello\r\n\r\n')
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
  expect((await node.ask('/health/live')).status).toBe(200)
})
