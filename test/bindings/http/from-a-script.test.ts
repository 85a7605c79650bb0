import { expect, test } from 'vitest'

import { givenTenant } from '../../support/given-tenant.ts'
import { until } from '../../support/until.ts'
import { useCli } from '../../support/use-cli.ts'
import { listenHttp } from './listeners.ts'

const cli = useCli()
let open = 0
const server = await listenHttp((request, response) => {
  open += 1
  response.on('close', () => {
    open -= 1
  })
  if (request.url === '/hello') response.writeHead(200, { 'content-type': 'text/plain' }).end('hello')
})
const permitted = { PGSCRIPT_EGRESS_ALLOW_PRIVATE: `127.0.0.1:${server.port}` }

const script = cli.file(
  'call.js',
  `import { sdk } from 'pgscript'
  export default async function ({ url }) {
    try {
      if (typeof fetch === 'function') return await (await fetch(url)).text()
      const { body } = await sdk.http.request({ method: 'GET', url, headers: [], body: null, redirect: 'follow' })
      return body === 'aGVsbG8=' ? 'hello' : body
    } catch (error) {
      return error.code
    }
  }`,
)

async function exec(path: string, environment: Record<string, string>, ...more: string[]) {
  const input = JSON.stringify({ url: `http://127.0.0.1:${server.port}${path}` })
  const { json } = await cli.here(['exec', script, '--json', '--input', input, ...more], { environment })
  return json
}

test('a script calls what the operator permits', async () => {
  expect(await exec('/hello', permitted)).toMatchObject({ status: 'completed', output: 'hello' })
})

test('and is refused what they do not: nothing, or another port and address', async () => {
  const before = server.connections
  const others = ['', `127.0.0.1:${server.port + 1},127.0.0.2,localhost`]
  for (const PGSCRIPT_EGRESS_ALLOW_PRIVATE of others) {
    const result = await exec('/hello', { PGSCRIPT_EGRESS_ALLOW_PRIVATE })
    expect(result).toMatchObject({ status: 'completed', output: 'egress_refused' })
  }
  expect(server.connections).toBe(before)
})

test('its tenant may narrow that', async () => {
  const tenant = await givenTenant(cli.database)
  const asTenant = ['--tenant', tenant.key]
  expect(await exec('/hello', permitted, ...asTenant)).toMatchObject({ output: 'hello' })
  await cli.here(['tenant', 'settings', tenant.key, '{"http_deny": ["127.0.0.1"]}'])
  expect(await exec('/hello', permitted, ...asTenant)).toMatchObject({ output: 'egress_refused' })
})

test('a limit of its own holds', async () => {
  const result = await exec('/hang', permitted, '--limits', '{"http_call_ms": 200}')
  expect(result).toMatchObject({ status: 'completed', output: 'http_timeout' })
})

test('what it has under way when it is stopped is broken off', async () => {
  const result = await exec('/hang', permitted, '--limits', '{"wall_time_ms": 500}')
  expect(result).toMatchObject({ status: 'timeout' })
  await until(() => open === 0)
})
