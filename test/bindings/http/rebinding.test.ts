import fc from 'fast-check'
import { expect, test } from 'vitest'

import { countSockets, givenHttp } from './given-http.ts'
import { listenHttp } from './listeners.ts'

// Many addresses of loopback with one port: which of them is reached shows what was connected to.
const first = await listenHttp((_request, response) => void response.end('127.0.0.1'))
const { port } = first
const addresses = Array.from({ length: 12 }, (_, index) => `127.0.0.${index + 1}`)
const others = await Promise.all(
  addresses
    .slice(1)
    .map((host) => listenHttp((_request, response) => void response.end(host), { host, port })),
)
const listeners = [first, ...others]
const sockets = countSockets()
const total = () => listeners.reduce((sum, { connections }) => sum + connections, 0)

/** A name server that says something else each time. */
function changing(...answers: (readonly string[])[]) {
  let asked = 0
  const answer = () => {
    asked += 1
    return answers[Math.min(asked, answers.length) - 1] ?? []
  }
  return { answer, asked: () => asked }
}

test('what is connected to is what was checked, however the name server changes its mind', async () => {
  const [victim = ''] = addresses
  const permitted = addresses.slice(1).map((address) => `${address}:${port}`)
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...addresses.slice(1)),
      fc.constantFrom('http://shop.test', 'http://a.b.c.shop.test', 'http://SHOP.test.'),
      async (checked, base) => {
        const name = new URL(base).hostname.replace(/\.$/, '')
        const server = changing([checked], [victim])
        const http = givenHttp({ permitted: permitted.join(','), names: { [name]: server.answer } })
        const answer = await http.call(`${base}:${port}/`)
        expect(Buffer.from(answer.body, 'base64').toString()).toBe(checked)
        expect(server.asked()).toBe(1)
      },
    ),
    { numRuns: 60 },
  )
  expect(first.connections).toBe(0)
})

test('the second call looks again, and is refused where the name has moved inside', async () => {
  const server = changing(['127.0.0.2'], ['127.0.0.1'])
  const http = givenHttp({ permitted: `127.0.0.2:${port}`, names: { 'shop.test': server.answer } })
  expect(await http.call(`http://shop.test:${port}/`)).toMatchObject({ status: 200 })
  sockets.count = 0
  expect(await http.failure(`http://shop.test:${port}/`)).toMatchObject({ code: 'egress_refused' })
  expect({ sockets: sockets.count, victim: first.connections }).toEqual({ sockets: 0, victim: 0 })
})

test('a redirect to the same name looks again, too', async () => {
  const redirecting = await listenHttp((_request, response) => {
    response.writeHead(302, { location: `http://shop.test:${port}/inside` }).end()
  })
  const server = changing(['127.0.0.1'], ['127.0.0.1'])
  const http = givenHttp({
    permitted: `127.0.0.1:${redirecting.port}`,
    names: { 'shop.test': server.answer },
  })
  expect(await http.failure(`http://shop.test:${redirecting.port}/`)).toMatchObject({
    code: 'egress_refused',
  })
  expect({ asked: server.asked(), redirected: redirecting.connections }).toEqual({ asked: 2, redirected: 1 })
  expect(first.connections).toBe(0)
})

test('public and private mixed: refused in whichever order they come', async () => {
  const before = total()
  const mixed = ['127.0.0.2', '127.0.0.3', '127.0.0.1']
  const permitted = `127.0.0.2:${port},127.0.0.3:${port}`
  for (const answer of [mixed, mixed.toReversed(), ['127.0.0.1'], ['127.0.0.2', '10.0.0.1']]) {
    const http = givenHttp({ permitted, names: { 'shop.test': answer } })
    expect(await http.failure(`http://shop.test:${port}/`)).toMatchObject({ code: 'egress_refused' })
  }
  expect({ sockets: sockets.count, connections: total() }).toEqual({ sockets: 0, connections: before })
})

test('where the first of the checked addresses does not answer, the next one is tried', async () => {
  const permitted = '127.0.0.0/8'
  const http = givenHttp({ permitted, names: { 'shop.test': ['127.0.0.200', '127.0.0.4'] } })
  const answer = await http.call(`http://shop.test:${port}/`)
  expect(Buffer.from(answer.body, 'base64').toString()).toBe('127.0.0.4')
})
