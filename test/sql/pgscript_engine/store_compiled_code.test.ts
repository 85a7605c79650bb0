import { beforeAll, describe, expect, test } from 'vitest'

import { givenSource } from '../../support/executions-of.ts'
import { type GivenTenant, givenTenant } from '../../support/given-tenant.ts'
import { useDatabase } from '../../support/use-database.ts'

const database = useDatabase()
const hash = Buffer.alloc(32, 1)

const names =
  'capability => $1, tenant_id => $2, script_id => $3, version => $4, engine => $5, code_hash => $6'

interface Key {
  tenantId: string
  scriptId: string
  engine?: string
  capability?: string
  codeHash?: Buffer
}

const values = ({ tenantId, scriptId, engine = 'v8', capability, codeHash = hash }: Key) => [
  capability ?? database.node.capability,
  tenantId,
  scriptId,
  1,
  engine,
  codeHash,
]

async function store(key: Key, compiled: Buffer): Promise<void> {
  await database.node.pool.query(`select pgscript_engine.store_compiled_code(${names}, compiled => $7)`, [
    ...values(key),
    compiled,
  ])
}

async function load(key: Key): Promise<Buffer | null> {
  const { rows } = await database.node.pool.query<{ compiled: Buffer | null }>(
    `select pgscript_engine.load_compiled_code(${names}) as compiled`,
    values(key),
  )
  return rows[0]?.compiled ?? null
}

describe('pgscript_engine.store_compiled_code', () => {
  let tenant: GivenTenant
  const givenKey = async (): Promise<Key> => {
    const script = await givenSource(database, tenant, 'export default () => 1')
    return { tenantId: tenant.id, scriptId: script.id }
  }

  beforeAll(async () => {
    tenant = await givenTenant(database)
  })

  test('keeps what a node has compiled, for the same V8 and the very same code', async () => {
    const key = await givenKey()
    await store(key, Buffer.from('compiled'))
    expect((await load(key))?.toString()).toBe('compiled')
    expect(await load({ ...key, engine: 'another v8' })).toBeNull()
    expect(await load({ ...key, codeHash: Buffer.alloc(32, 2) })).toBeNull()
  })

  test('replaces what was kept', async () => {
    const key = await givenKey()
    await store(key, Buffer.from('old'))
    await store({ ...key, codeHash: Buffer.alloc(32, 3) }, Buffer.from('new'))
    expect(await load(key)).toBeNull()
    expect((await load({ ...key, codeHash: Buffer.alloc(32, 3) }))?.toString()).toBe('new')
  })

  test('is refused without the capability of a node, reading as well', async () => {
    const key = { ...(await givenKey()), capability: 'guessed' }
    await expect(store(key, Buffer.from('x'))).rejects.toMatchObject({ code: 'PS403' })
    await expect(load(key)).rejects.toMatchObject({ code: 'PS403' })
  })

  test('gives up what is too much of one tenant, the longest unused first', async () => {
    tenant = await givenTenant(database)
    const keys: Key[] = []
    for (let index = 0; index < 9; index += 1) {
      const key = await givenKey()
      keys.push(key)
      await store(key, Buffer.alloc(1024 * 1024, index))
    }
    const kept = await Promise.all(keys.map(load))
    expect(kept.map((compiled) => compiled !== null)).toEqual([false, ...Array(8).fill(true)])
  })

  test('gives up what nobody has used for long, and knows what is used', async () => {
    const [stale, used, next] = [await givenKey(), await givenKey(), await givenKey()]
    for (const key of [stale, used]) await store(key, Buffer.from('x'))
    await database.owner.query("update pgscript_engine.code_cache set used_at = now() - interval '29 days'")
    await load(used)
    await database.owner.query("update pgscript_engine.code_cache set used_at = used_at - interval '2 days'")
    await store(next, Buffer.from('y'))
    expect([await load(stale), (await load(used))?.toString()]).toEqual([null, 'x'])
    expect((await load(next))?.toString()).toBe('y')
  })
})
