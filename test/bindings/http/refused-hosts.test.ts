import { networkInterfaces } from 'node:os'
import { describe, expect, test } from 'vitest'
import { badPorts } from '../../../src/bindings/http/bad-ports.ts'
import { egressRefused } from '../../../src/bindings/http/call-failures.ts'
import { countSockets, givenHttp } from './given-http.ts'
import { listenHttp } from './listeners.ts'

const victim = await listenHttp((_request, response) => void response.end('secret'))
const { port } = victim
await listenHttp((_request, response) => void response.end('secret'), { host: '::1', port }).catch(
  () => undefined,
)
const sockets = countSockets()

const { code, message, retryable } = egressRefused()
const refused = { code, message, retryable }

/** The answer is the one for all refusals, and no connection was as much as begun. */
async function expectRefused(url: string, given: Parameters<typeof givenHttp>[0] = {}) {
  const http = givenHttp(given)
  expect(await http.failure(url)).toEqual(refused)
  expect(sockets.count).toBe(0)
  expect(victim.connections).toBe(0)
  return http
}

describe('this machine, in every spelling', () => {
  test.each([
    '127.0.0.1',
    '127.1',
    '127.0.1',
    '2130706433',
    '0x7f000001',
    '0x7F.0.0.1',
    '0x7f.1',
    '017700000001',
    '0177.0.0.01',
    '0177.0x0.0.1',
    '127.000.000.001',
    '127.0.0.1.',
    '127.255.255.254',
    '127.0.0.2',
    '0.0.0.0',
    '0',
    '0x0',
    '%31%32%37.0.0.1',
    '１２７.０.０.１',
    '①②⑦.⓪.⓪.①',
    '127。0。0。1',
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[0000:0000:0000:0000:0000:0000:0000:0001]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[0:0:0:0:0:ffff:127.0.0.1]',
    '[::127.0.0.1]',
    '[::7f00:1]',
    '[::ffff:0:127.0.0.1]',
    '[64:ff9b::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[64:ff9b:1::127.0.0.1]',
    '[2002:7f00:1::]',
    '[2002:7f00:1::1]',
    'localhost',
    'LOCALHOST',
    'localhost.',
    'api.localhost',
    'localhost.localdomain',
  ])('http://%s', async (host) => {
    await expectRefused(`http://${host}:${port}/`)
  })
})

describe('private networks, metadata services and what is nobody’s', () => {
  test.each([
    '0.1.2.3',
    '10.0.0.1',
    '10.255.255.255',
    '012.0.0.1',
    '0xa000001',
    '100.64.0.1',
    '100.127.255.255',
    '100.100.100.200',
    '168.63.129.16',
    '169.254.0.1',
    '169.254.169.254',
    '2852039166',
    '0xA9FEA9FE',
    '0251.0376.0251.0376',
    '169.254.43518',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.1',
    '192.0.0.192',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.0.1',
    '192.168.255.255',
    '198.18.0.1',
    '198.19.255.255',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.1',
    '255.255.255.254',
    '255.255.255.255',
    '4294967295',
    '[64:ff9b::a9fe:a9fe]',
    '[64:ff9b::10.0.0.1]',
    '[64:ff9b:1::1]',
    '[::ffff:169.254.169.254]',
    '[::ffff:8.8.8.8]',
    '[::8.8.8.8]',
    '[100::1]',
    '[2001::1]',
    '[2001:0:1::1]',
    '[2001:2::1]',
    '[2001:10::1]',
    '[2001:20::1]',
    '[2001:db8::1]',
    '[2002:a00:1::1]',
    '[2002:808:808::1]',
    '[3ffe::1]',
    '[3fff::1]',
    '[3fff:fff:ffff::1]',
    '[4000::1]',
    '[5f00::1]',
    '[fc00::1]',
    '[fd00::1]',
    '[fd00:ec2::254]',
    '[fd20:ce::254]',
    '[fe80::1]',
    '[febf::1]',
    '[fec0::1]',
    '[ff02::1]',
    '[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]',
  ])('http://%s', async (host) => {
    await expectRefused(`http://${host}/latest/meta-data/`)
  })

  test('addresses that this machine has', async () => {
    const own = Object.values(networkInterfaces()).flatMap((entries) => entries ?? [])
    for (const { address, family } of own) {
      if (!address.includes('%'))
        await expectRefused(`http://${family === 'IPv6' ? `[${address}]` : address}:${port}/`)
    }
  })
})

describe('names of internal networks are not even looked up', () => {
  test.each([
    'metadata.google.internal',
    'METADATA.google.internal.',
    'metadata',
    'instance-data.ec2.internal',
    'kubernetes.default.svc.cluster.local',
    'printer.local',
    'router.lan',
    'nas.home',
    'nas.home.arpa',
    'wiki.corp',
    'wiki.intranet',
    'vault.private',
    'postgres',
    'db',
    'hidden.onion',
    'a..b.example',
    'example.com..',
    '-dash.example',
    `${'a'.repeat(64)}.example`,
    `${'a.'.repeat(130)}example`,
    'sp%20ace.example',
  ])('http://%s', async (host) => {
    let lookups = 0
    const look = () => {
      lookups += 1
      return ['127.0.0.1']
    }
    const names = new Proxy({}, { get: () => look })
    const answer = await givenHttp({ names }).failure(`http://${host}/`)
    // Some of them are no URL at all.
    expect(answer.code === 'invalid_arguments' ? refused : answer).toEqual(refused)
    expect({ lookups, sockets: sockets.count }).toEqual({ lookups: 0, sockets: 0 })
  })
})

describe('what the name server says', () => {
  test.each([
    ['no such name', []],
    ['loopback', ['127.0.0.1']],
    ['a private address', ['10.1.2.3']],
    ['the metadata service', ['169.254.169.254']],
    ['IPv6 loopback', ['::1']],
    ['a mapped address', ['::ffff:10.0.0.1']],
    ['a link-local address with a zone', ['fe80::1%eth0']],
    ['a public address, then a private one', ['93.184.215.14', '192.168.1.1']],
    ['a private address, then a public one', ['192.168.1.1', '93.184.215.14']],
    ['many public addresses and one private', [...Array(40).fill('93.184.215.14'), '10.0.0.1']],
    ['a public IPv4 and a private IPv6 address', ['93.184.215.14', 'fd00::1']],
    ['what is no address', ['localhost']],
    ['an address in a short form', ['127.1']],
    ['an empty text', ['']],
  ])('%s', async (_what, addresses) => {
    await expectRefused(`http://evil.test:${port}/`, { names: { 'evil.test': addresses } })
  })
})

describe('a tenant’s own lists', () => {
  const names = { 'api.example.com': ['10.0.0.1'] }
  test.each([
    ['denied by name', { http_deny: ['api.example.com'] }],
    ['denied by a wildcard', { http_deny: ['*.example.com'] }],
    ['denied with all others', { http_deny: ['*'] }],
    ['not among the allowed', { http_allow: ['other.example.com'] }],
    ['allowed, but denied', { http_allow: ['api.example.com'], http_deny: ['API.Example.COM.'] }],
    ['allowed, but private', { http_allow: ['api.example.com', '*.example.com', '*'] }],
  ])('%s', async (_what, settings) => {
    await expectRefused('http://api.example.com/', { names, settings })
  })
})

test('ports of other protocols', async () => {
  for (const bad of badPorts) await expectRefused(`http://8.8.8.8:${bad}/`)
  await expectRefused('https://[2606:4700::1111]:25/')
})

test('every refusal is counted by its reason, and logged with its run and host', async () => {
  const http = givenHttp({ names: { 'in.test': ['10.0.0.1'] }, settings: { http_deny: ['denied.test'] } })
  const urls = [
    'http://in.test/',
    'http://nobody.test/',
    'http://db/',
    'http://8.8.8.8:22/',
    'http://denied.test/',
  ]
  for (const url of urls) await http.failure(url)
  const { values } = await http.metrics.ssrfBlocked.get()
  expect(Object.fromEntries(values.map(({ labels, value }) => [labels.reason, value]))).toEqual({
    address: 1,
    unresolved: 1,
    name: 1,
    port: 1,
    tenant: 1,
  })
  expect(http.lines).toHaveLength(5)
  expect(http.lines[0]).toMatchObject({
    tenant_id: 'tenant',
    execution_id: '0190b5a2-0000-7000-8000-000000000001',
    script: 'invoices',
    host: 'in.test',
    reason: 'address',
  })
})

test('the counts above count: a call that is permitted makes one connection, and one is made to the victim', async () => {
  const http = givenHttp({ permitted: `127.0.0.1:${port}` })
  expect(await http.call(`http://127.0.0.1:${port}/`)).toMatchObject({ status: 200 })
  expect({ sockets: sockets.count, victim: victim.connections }).toEqual({ sockets: 1, victim: 1 })
  expect(http.lines).toEqual([])
})
