import { chmodSync, chownSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

import { afterEach, describe, expect, test, vi } from 'vitest'

import { isAlive, query, useClusters } from '../support/embedded-clusters.ts'

/** A user without rights that every Linux has. */
const nobody = 65_534

// Only root can act as others; a suite run by another user proves the plain way in every other test.
describe.runIf(process.getuid?.() === 0)('the embedded server, as root', () => {
  const clusters = useClusters()
  afterEach(() => void vi.unstubAllEnvs())

  test('runs as the user postgres, who owns the cluster and nothing else', async () => {
    const { dataDir } = clusters
    const server = await clusters.start(dataDir)
    const { uid } = statSync(join(dataDir, 'postgres-18'))
    expect(uid).not.toBe(0)
    expect(statSync(`/proc/${server.pid}`).uid).toBe(uid)
    expect(statSync(join(dataDir, 'postgres.password')).uid).toBe(0)
  })

  test('runs without privileges in a user namespace where that user cannot go', async () => {
    const server = await clusters.start(join(clusters.emptyDir({ closed: true }), 'data'))
    expect(readFileSync(`/proc/${server.pid}/status`, 'utf8')).toMatch(/CapEff:\s+0+\n/)
    expect(readFileSync(`/proc/${server.pid}/uid_map`, 'utf8').trim()).toMatch(/^[1-9]\d*\s+0\s+1$/)
    expect(await query(server.url, 'select 1 as value')).toEqual([{ value: 1 }])
    await server.release()
    expect(isAlive(server.pid)).toBe(false)
  })

  test('moves from one to the other with its data when the directory is closed, and back', async () => {
    const parent = clusters.emptyDir()
    const dataDir = join(parent, 'data')
    const open = await clusters.start(dataDir)
    await query(open.url, 'create table kept as select 1 as value')
    await open.release()

    for (const mode of [0o700, 0o755]) {
      chmodSync(parent, mode)
      const server = await clusters.start(dataDir)
      expect(await query(server.url, 'select value from kept')).toEqual([{ value: 1 }])
      expect(statSync(join(dataDir, 'postgres-18')).uid === 0).toBe(mode === 0o700)
      await server.release()
    }
  })

  test('says why and what to do where neither is possible', async () => {
    vi.stubEnv('PATH', '/nonexistent')
    const start = clusters.start(join(clusters.emptyDir({ closed: true }), 'data'))
    await expect(start).rejects.toThrow(/root\..*closed to it.*Move the checkout.*DATABASE_URL/)
    await expect(start).rejects.toMatchObject({ code: 'embedded_server_root' })
  })

  test('needs nothing of this for another user', async () => {
    const dataDir = join(clusters.emptyDir(), 'data')
    mkdirSync(dataDir, { mode: 0o700 })
    chownSync(dataDir, nobody, nobody)
    const holder = await clusters.startElsewhere(dataDir, { uid: nobody })
    expect(holder.got.code).toBeUndefined()
    expect(statSync(`/proc/${holder.got.pid}`).uid).toBe(nobody)
    expect(await query(holder.got.url, 'select 1 as value')).toEqual([{ value: 1 }])
    await holder.release()
    expect(isAlive(holder.got.pid)).toBe(false)
  })

  test('tells another user whose directory it is', async () => {
    const { dataDir } = clusters
    const { got } = await clusters.startElsewhere(dataDir, { uid: nobody })
    expect(got).toMatchObject({
      code: 'embedded_server_data_dir',
      message: expect.stringContaining('DATABASE_URL'),
    })
  })
})
