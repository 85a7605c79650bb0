import { beforeEach, expect, test } from 'vitest'

import type { Database } from '../../src/database/database.ts'
import { createVersionLoader } from '../../src/executor/load-version.ts'
import { givenSource } from '../support/executions-of.ts'
import { type GivenTenant, givenTenant } from '../support/given-tenant.ts'
import { until } from '../support/until.ts'
import { useDatabase } from '../support/use-database.ts'

const database = useDatabase()
let tenant: GivenTenant

beforeEach(async () => {
  tenant = await givenTenant(database)
})

/** A loader that counts what it reads and compiles. */
async function givenLoader(options: { factsTtlMs?: number } = {}) {
  const script = await givenSource(database, tenant, 'export default () => 1')
  const counts = { reads: 0, compiles: 0 }
  const state: { failing?: Error | undefined } = {}
  const counting = {
    ...database.node,
    pool: {
      query: (text: string, values: unknown[]) => {
        counts.reads += 1
        return database.node.pool.query(text, values)
      },
    },
  } as unknown as Database
  const compile = async ({ source }: { source: string }) => {
    counts.compiles += 1
    await new Promise(setImmediate)
    if (state.failing) throw state.failing
    return { code: `compiled ${source}`, places: [] }
  }
  const loader = createVersionLoader(counting, { compile } as never, options)
  const name = { tenantId: tenant.id, scriptId: script.id, version: 1 }
  return { loader, name, script, counts, state }
}

test('a version is read and compiled once for all who ask for it', async () => {
  const { loader, name, script, counts } = await givenLoader()
  const loaded = await Promise.all(Array.from({ length: 10 }, () => loader.load(name)))
  await loader.load(name)
  expect(counts).toEqual({ reads: 1, compiles: 1 })
  expect(new Set(loaded.map(({ code }) => code))).toEqual(new Set(['compiled export default () => 1']))
  expect(loaded[0]).toMatchObject({
    tenantKey: tenant.key,
    scriptName: script.name,
    fileName: `${script.name}.js`,
    source: 'export default () => 1',
    limits: { wall_time_ms: 30_000, memory_mb: 64 },
    metadata: {},
    tags: [],
    config: {},
    inputSchema: null,
    outputSchema: null,
  })
})

test('trigger configuration and schemas come with the version that has them', async () => {
  const { loader, name, script } = await givenLoader()
  const schema = { type: 'object' }
  await database.owner.query(
    'select pgscript.save_script($1, $2, config => $3, input_schema => $4, output_schema => $5)',
    [tenant.key, script.name, { path: '/x' }, schema, true],
  )
  await expect(loader.load({ ...name, version: 2 })).resolves.toMatchObject({
    config: { path: '/x' },
    inputSchema: schema,
    outputSchema: true,
  })
  await expect(loader.load(name)).resolves.toMatchObject({
    config: {},
    inputSchema: null,
    outputSchema: null,
  })
})

test('what may change under a version is read again after a while; it is not compiled again', async () => {
  const { loader, name, counts } = await givenLoader({ factsTtlMs: 50 })
  await loader.load(name)
  await database.owner.query('select pgscript.upsert_tenant($1, name => $2, limits => $3)', [
    tenant.key,
    'Renamed',
    { memory_mb: 32 },
  ])
  const { limits } = await until(async () => {
    const version = await loader.load(name)
    return version.tenantName === 'Renamed' && version
  })
  expect(limits.memory_mb).toBe(32)
  expect(counts.compiles).toBe(1)
  expect(counts.reads).toBeGreaterThan(1)
})

test('until then it is not read again', async () => {
  const { loader, name, counts } = await givenLoader({ factsTtlMs: 60_000 })
  await loader.load(name)
  await database.owner.query("select pgscript.upsert_tenant($1, name => 'Renamed')", [tenant.key])
  expect((await loader.load(name)).tenantName).not.toBe('Renamed')
  expect(counts.reads).toBe(1)
})

test('a failure to compile is told to all who wait, and is not remembered', async () => {
  const { loader, name, counts, state } = await givenLoader()
  state.failing = new Error('no thread')
  const failed = await Promise.allSettled([loader.load(name), loader.load(name)])
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(counts.compiles).toBe(1)
  state.failing = undefined
  await expect(loader.load(name)).resolves.toMatchObject({ code: 'compiled export default () => 1' })
  expect(counts.compiles).toBe(2)
})

test("a version that is not there, or is another tenant's, is an error and is looked for again", async () => {
  const { loader, name, counts } = await givenLoader()
  const missing = { ...name, version: 2 }
  await expect(loader.load(missing)).rejects.toThrow(/Version 2 of script .* does not exist/)
  const other = await givenTenant(database)
  await expect(loader.load({ ...name, tenantId: other.id })).rejects.toThrow(/does not exist/)
  await database.owner.query('select pgscript.save_script($1, $2, $3)', [
    tenant.key,
    (await loader.load(name)).scriptName,
    'export default () => 2',
  ])
  await expect(loader.load(missing)).resolves.toMatchObject({ source: 'export default () => 2' })
  expect(counts.reads).toBe(4)
})

test('what somebody tells of is read again at once: of a script, of a tenant, of everybody', async () => {
  const { loader, name, counts } = await givenLoader({ factsTtlMs: 60_000 })
  const rename = (to: string) =>
    database.owner.query('select pgscript.upsert_tenant($1, name => $2)', [tenant.key, to])
  await loader.load(name)
  for (const [place, told] of [[tenant.id, name.scriptId], [tenant.id], []].entries()) {
    await rename(`Renamed ${place}`)
    loader.forget(crypto.randomUUID())
    loader.forget(tenant.id, crypto.randomUUID())
    expect((await loader.load(name)).tenantName).not.toBe(`Renamed ${place}`)
    loader.forget(...told)
    expect((await loader.load(name)).tenantName).toBe(`Renamed ${place}`)
  }
  expect(counts).toEqual({ reads: 4, compiles: 1 })
})
