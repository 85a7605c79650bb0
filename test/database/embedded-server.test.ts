import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'

import { afterEach, describe, expect, test, vi } from 'vitest'

import { DatabaseUnusableError } from '../../src/errors.ts'
import { isAlive, processField, query, useClusters } from '../support/embedded-clusters.ts'

describe('the embedded server', () => {
  const clusters = useClusters()
  afterEach(() => void vi.unstubAllEnvs())

  test('starts in an empty directory: a real database, closed to the rest of the world', async () => {
    const dataDir = join(clusters.emptyDir(), 'data')
    const server = await clusters.start(dataDir, { fsync: true })

    expect(server).toMatchObject({ owned: true, version: expect.stringMatching(/^18\./) })
    const settings = await query(
      server.url,
      `select current_database() as database, name, setting from pg_settings
       where name in ('fsync', 'synchronous_commit', 'listen_addresses', 'unix_socket_directories',
         'server_encoding', 'jit', 'max_connections', 'password_encryption') order by name`,
    )
    expect(settings.map(({ database, name, setting }) => [database, name, setting].join(' '))).toEqual([
      'pgscript fsync on',
      'pgscript jit off',
      'pgscript listen_addresses 127.0.0.1',
      'pgscript max_connections 200',
      'pgscript password_encryption scram-sha-256',
      'pgscript server_encoding UTF8',
      'pgscript synchronous_commit on',
      'pgscript unix_socket_directories ',
    ])
    expect(statSync(dataDir).mode & 0o007).toBe(0)
    expect(statSync(join(dataDir, 'postgres.password')).mode & 0o077).toBe(0)
    await expect(query(server.url.replace(/:[^:@]+@/, ':wrong@'), 'select 1')).rejects.toThrow(/password/)
  })

  test('keeps data, port and password from one start to the next', async () => {
    const { dataDir } = clusters
    const first = await clusters.start(dataDir)
    await query(first.url, 'create table orders as select 42 as id')
    await first.release()
    expect(isAlive(first.pid)).toBe(false)

    const second = await clusters.start(dataDir)
    expect(await query(second.url, 'select id from orders')).toEqual([{ id: 42 }])
    expect(second).toMatchObject({ owned: true, port: first.port, url: first.url })
  })

  test('may be released twice', async () => {
    const server = await clusters.start(clusters.dataDir)
    await Promise.all([server.release(), server.release()])
    await server.release()
  })

  test('is shared by the processes of one directory and stopped by the last', async () => {
    const { dataDir } = clusters
    const first = await clusters.startElsewhere(dataDir)
    const second = await clusters.start(dataDir)
    expect(second).toMatchObject({ owned: false, pid: first.got.pid, url: first.got.url })

    await first.release()
    expect(await query(second.url, 'select value from kept')).toEqual([{ value: 1 }])
    await second.release()
    expect(isAlive(second.pid)).toBe(false)
  })

  test('is started once when processes start at the same moment in an empty directory', async () => {
    const dataDir = join(clusters.emptyDir(), 'data')
    const holders = await Promise.all([1, 2, 3].map(() => clusters.startElsewhere(dataDir)))
    expect(holders.filter(({ got }) => got.owned)).toHaveLength(1)
    expect(new Set(holders.map(({ got }) => got.pid)).size).toBe(1)
  })

  test('takes another port when its own is taken', async () => {
    const { dataDir } = clusters
    const first = await clusters.start(dataDir)
    await first.release()
    const squatter = await listenOn(first.port)

    const second = await clusters.start(dataDir)
    expect(second.port).not.toBe(first.port)
    expect(await query(second.url, 'select value from kept')).toEqual([{ value: 1 }])
    await new Promise((done) => squatter.close(done))
  })

  test('has a process group of its own, so that Ctrl-C in the terminal does not reach it', async () => {
    const server = await clusters.start(clusters.dataDir)
    expect(processField(server.pid, 'pgid')).toBe(String(server.pid))
  })

  // Elsewhere a process's environment is not shown.
  test.runIf(process.platform === 'linux')('knows nothing of our environment', async () => {
    vi.stubEnv('PGSCRIPT_SECRET', 'must-not-be-seen')
    const server = await clusters.start(clusters.dataDir)
    expect(readFileSync(`/proc/${server.pid}/environ`, 'utf8')).not.toContain('must-not-be-seen')
  })

  test('lets its log grow no further than one rotation', async () => {
    const { dataDir } = clusters
    writeFileSync(join(dataDir, 'postgres.log'), 'x'.repeat(11 * 1024 * 1024))
    await clusters.start(dataDir)
    expect(statSync(join(dataDir, 'postgres.log')).size).toBeLessThan(100_000)
    expect(existsSync(join(dataDir, 'postgres.log.1'))).toBe(true)
  })

  test('says that DATABASE_URL is the way out where there are no programs for this platform', async () => {
    const start = clusters.start(clusters.dataDir, { binDir: '/nonexistent' })
    await expect(start).rejects.toThrow(/DATABASE_URL/)
    await expect(start).rejects.toMatchObject({ code: 'embedded_server_unsupported' })
  })

  test('shows the end of the log when PostgreSQL refuses to start', async () => {
    const start = clusters.start(clusters.dataDir, { settings: { shared_buffers: 'plenty' } })
    await expect(start).rejects.toThrow(/invalid value for parameter "shared_buffers"/)
    await expect(start).rejects.toBeInstanceOf(DatabaseUnusableError)
  })
})

async function listenOn(port: number): Promise<Server> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done))
  return server
}
