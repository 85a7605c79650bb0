import { createSocket } from 'node:dgram'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { createResolve, type Resolve } from '../../../src/bindings/http/resolve.ts'

const typeA = 1
const typeAaaa = 28
type Reply = { status: number; records: Buffer[] }
const ok = (...records: Buffer[]): Reply => ({ status: 0, records })
const noSuchName: Reply = { status: 3, records: [] }
const broken: Reply = { status: 2, records: [] }
const ipv4 = (...octets: number[]) => Buffer.from(octets)
const ipv6 = Buffer.from('20010db8000000000000000000000001', 'hex')

const zone: Record<string, { a: Reply; aaaa: Reply }> = {
  'both.test': { a: ok(ipv4(192, 0, 2, 1), ipv4(192, 0, 2, 2)), aaaa: ok(ipv6) },
  'only-v4.test': { a: ok(ipv4(192, 0, 2, 1)), aaaa: ok() },
  'only-v6.test': { a: ok(), aaaa: ok(ipv6) },
  'half-broken.test': { a: ok(ipv4(192, 0, 2, 1)), aaaa: broken },
  'nothing.test': { a: ok(), aaaa: ok() },
  'broken.test': { a: broken, aaaa: broken },
}
const asked = new Set<string>()

/** A name server for the zone above: https://www.rfc-editor.org/rfc/rfc1035#section-4 */
const server = createSocket('udp4', (query, from) => {
  const labels: string[] = []
  let at = 12
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  const name = labels.join('.').toLowerCase()
  asked.add(name)
  const type = query.readUInt16BE(at + 1)
  const entry = zone[name]
  const { status, records } =
    (type === typeA ? entry?.a : type === typeAaaa ? entry?.aaaa : ok()) ?? noSuchName
  const header = Buffer.from(query.subarray(0, 12))
  header.writeUInt16BE(0x8180 | status, 2)
  header.writeUInt16BE(records.length, 6)
  header.writeUInt32BE(0, 8)
  const answers = records.map((data) => {
    const start = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, data.length])
    return Buffer.concat([start, data])
  })
  server.send(Buffer.concat([header, query.subarray(12, at + 5), ...answers]), from.port, from.address)
})

let resolve: Resolve
beforeAll(async () => {
  await new Promise<void>((done) => server.bind(0, '127.0.0.1', done))
  resolve = createResolve([`127.0.0.1:${server.address().port}`])
})
afterAll(() => void server.close())

test('every address of a name, IPv4 first', async () => {
  expect(await resolve('both.test')).toEqual(['192.0.2.1', '192.0.2.2', '2001:db8::1'])
  expect(await resolve('only-v4.test')).toEqual(['192.0.2.1'])
  expect(await resolve('only-v6.test')).toEqual(['2001:db8::1'])
})

test('what one of the two questions brings is enough', async () => {
  expect(await resolve('half-broken.test')).toEqual(['192.0.2.1'])
})

test('no address where there is no such name, or none for it', async () => {
  expect(await resolve('unknown.test')).toEqual([])
  expect(await resolve('nothing.test')).toEqual([])
})

test('rejects where the name server cannot say', async () => {
  await expect(resolve('broken.test')).rejects.toThrow()
})

test('the list of hosts of this machine is not read, and no domain is put behind a name', async () => {
  asked.clear()
  expect(await resolve('localhost.test')).toEqual([])
  expect(await resolve('ip6-localhost')).toEqual([])
  expect([...asked].toSorted()).toEqual(['ip6-localhost', 'localhost.test'])
})
