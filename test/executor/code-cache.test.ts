import { beforeEach, describe, expect, test } from 'vitest'

import type { Database } from '../../src/database/database.ts'
import { createCodeCache } from '../../src/executor/code-cache.ts'
import { silentLogger } from '../../src/log.ts'
import { createMetrics } from '../../src/metrics.ts'
import { createSandbox, type StartFigures } from '../../src/sandbox/sandbox.ts'
import { job } from '../sandbox/jobs.ts'
import { givenSource } from '../support/executions-of.ts'
import { type GivenTenant, givenTenant } from '../support/given-tenant.ts'
import { until } from '../support/until.ts'
import { useDatabase } from '../support/use-database.ts'

const database = useDatabase()
let tenant: GivenTenant

beforeEach(async () => {
  tenant = await givenTenant(database)
})

/** Long enough to be kept. */
const large = (answer: number) => `// ${'x'.repeat(70_000)}\nexport default () => ${answer}`

async function given(source: string) {
  const saved = await givenSource(database, tenant, 'export default () => 1')
  const name = { tenantId: tenant.id, scriptId: saved.id, version: 1 }
  const { script } = job(source, { tenantId: `${tenant.id}/${saved.id}` })
  const metrics = createMetrics()
  const count = async (result: string) =>
    (await metrics.codeCache.get()).values.find(({ labels }) => labels.result === result)?.value ?? 0
  return { name, script, metrics, count }
}

const broken = { pool: { query: () => Promise.reject(new Error('down')) } } as unknown as Database

describe('compiled code', () => {
  test('is made where no script runs, kept, and used by another node', async () => {
    const { name, script, metrics, count } = await given(large(7))
    const stale: string[] = []
    const starts: StartFigures[] = []
    const sandbox = await createSandbox({
      hosts: 1,
      runsPerHost: 2,
      hostMemoryMb: 512,
      onStaleCode: (key) => stale.push(key),
      onStarted: (start) => starts.push(start),
    })
    try {
      const parts = { database: database.node, sandbox, logger: silentLogger, metrics }
      expect(await createCodeCache(parts).compiledFor(name, script)).toBeUndefined()
      await until(async () => (await count('stored')) === 1)

      const compiled = await createCodeCache(parts).compiledFor(name, script)
      expect(compiled).toBeInstanceOf(Buffer)
      expect(await count('hit')).toBe(1)
      const run = { ...job(large(7)), script: { ...script, compiled: compiled as Buffer } }
      expect((await sandbox.run(run)).output).toBe('7')
      expect(stale).toEqual([])
    } finally {
      await sandbox.close()
    }
  })

  test('that V8 refuses is compiled anew, and said', async () => {
    const { name, script, metrics, count } = await given(large(8))
    const stale: string[] = []
    const sandbox = await createSandbox({
      hosts: 1,
      runsPerHost: 2,
      hostMemoryMb: 512,
      onStaleCode: (key) => stale.push(key),
    })
    try {
      const run = { ...job(large(8)), script: { ...script, compiled: Buffer.from('not from this V8') } }
      expect((await sandbox.run(run)).output).toBe('8')
      expect(stale).toEqual([script.key])
      const cache = createCodeCache({ database: database.node, sandbox, logger: silentLogger, metrics })
      cache.stale(script.key)
      // What the database may have of it is not asked for: it is made again.
      expect(await cache.compiledFor(name, script)).toBeUndefined()
      await until(async () => (await count('stored')) === 1)
      expect(await count('stale')).toBe(1)
    } finally {
      await sandbox.close()
    }
  })

  test.for([
    ['the database is down', broken, async () => Buffer.from('x')],
    [
      'nothing can be compiled',
      broken,
      async () => {
        throw new Error('no host')
      },
    ],
  ] as const)('does not matter when %s', async ([, down, compile]) => {
    const { name, script, metrics } = await given(large(9))
    const cache = createCodeCache({ database: down, sandbox: { compile }, logger: silentLogger, metrics })
    expect(await cache.compiledFor(name, script)).toBeUndefined()
  })

  test('is not asked for where compiling is as fast', async () => {
    const { name, script, metrics, count } = await given('export default () => 1')
    const sandbox = {
      compile: () => {
        throw new Error('asked')
      },
    }
    const cache = createCodeCache({ database: broken, sandbox, logger: silentLogger, metrics })
    expect(await cache.compiledFor(name, script)).toBeUndefined()
    expect(await count('miss')).toBe(0)
  })
})
