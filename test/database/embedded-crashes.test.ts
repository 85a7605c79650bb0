import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

import { afterEach, describe, expect, test } from 'vitest'

import {
  filesOf,
  isAlive,
  pidFileOf,
  processesWith,
  processField,
  query,
  readText,
  useClusters,
} from '../support/embedded-clusters.ts'

describe('the embedded server after a crash', () => {
  const clusters = useClusters()
  const bystanders: ChildProcess[] = []

  afterEach(() => {
    for (const bystander of bystanders.splice(0)) bystander.kill('SIGKILL')
  })

  test('is taken over when the process that started it was killed', async () => {
    const { dataDir } = clusters
    const first = await clusters.startElsewhere(dataDir)
    await first.kill()
    expect(isAlive(first.got.pid)).toBe(true)

    const second = await clusters.start(dataDir)
    expect(second).toMatchObject({ owned: false, pid: first.got.pid })
    expect(await query(second.url, 'select value from kept')).toEqual([{ value: 1 }])
    await second.release()
    expect(isAlive(first.got.pid)).toBe(false)
  })

  test('is stopped by the watchdog when nobody comes back', async () => {
    const holder = await clusters.startElsewhere(clusters.dataDir, { graceSeconds: 0 })
    await holder.kill()
    await expect.poll(() => isAlive(holder.got.pid), { timeout: 15_000 }).toBe(false)
  })

  test('is left alone by the watchdog while someone else holds it', async () => {
    const { dataDir } = clusters
    const killed = await clusters.startElsewhere(dataDir, { graceSeconds: 0 })
    const other = await clusters.start(dataDir)
    const parent = String(killed.process.pid)
    const watchdogs = processesWith('pgscript-watchdog').filter((pid) => processField(pid, 'ppid') === parent)
    expect(watchdogs).toHaveLength(1)
    await killed.kill()
    // The shell becomes the reaper, which has done its work, or not, when the process ends.
    await expect.poll(() => watchdogs.some(isAlive), { timeout: 15_000 }).toBe(false)
    expect(isAlive(other.pid)).toBe(true)
    expect(await query(other.url, 'select value from kept')).toEqual([{ value: 1 }])
  })

  test('takes a temporary directory with it', async () => {
    const dataDir = clusters.copy()
    const holder = await clusters.startElsewhere(dataDir, { temporary: true, graceSeconds: 0 })
    await holder.kill()
    await expect.poll(() => filesOf(dataDir), { timeout: 15_000 }).toEqual([])
    expect(isAlive(holder.got.pid)).toBe(false)
  })

  test('is replaced when it hangs', async () => {
    const { dataDir } = clusters
    const first = await clusters.startElsewhere(dataDir)
    await first.kill()
    process.kill(first.got.pid, 'SIGSTOP')

    const second = await clusters.start(dataDir, { silenceMs: 500 })
    expect(second.owned).toBe(true)
    expect(isAlive(first.got.pid)).toBe(false)
    expect(await query(second.url, 'select value from kept')).toEqual([{ value: 1 }])
  })

  test('starts again after the server itself was killed in the middle of a query', async () => {
    const { dataDir } = clusters
    const first = await clusters.startElsewhere(dataDir)
    const busy = query(first.got.url, 'select count(*) from generate_series(1, 1000000000)').catch(
      () => 'lost',
    )
    await expect
      .poll(() => query(first.got.url, "select 1 from pg_stat_activity where query like '%1000000000)'"), {
        timeout: 15_000,
      })
      .toHaveLength(1)
    await first.kill()
    process.kill(first.got.pid, 'SIGKILL')

    const second = await clusters.start(dataDir)
    expect(second.owned).toBe(true)
    expect(await busy).toBe('lost')
    expect(await query(second.url, 'select value from kept')).toEqual([{ value: 1 }])
  })

  test('does not mind a pid file whose id now belongs to someone else, and spares them', async () => {
    const { dataDir } = clusters
    const bystander = spawn('sleep', ['300'])
    bystanders.push(bystander)
    writeFileSync(pidFileOf(dataDir), `${bystander.pid}\n${dataDir}/postgres-18\n1\n5432\n\n127.0.0.1\n`)

    const server = await clusters.start(dataDir)
    expect(await query(server.url, 'select value from kept')).toEqual([{ value: 1 }])
    await server.release()
    expect(isAlive(bystander.pid ?? 0)).toBe(true)
  })

  test.each([
    ['empty', ''],
    ['cut off', '12'],
    ['garbage', '\u0000\u0001not a pid\nfile\n'],
    ['of a process that is gone', '3999999\n/elsewhere\n1\n5432\n\n127.0.0.1\n'],
    ['of process 1', '1\n/elsewhere\n1\n5432\n\n127.0.0.1\n'],
  ])('starts although the pid file is %s', async (_, text) => {
    const { dataDir } = clusters
    writeFileSync(pidFileOf(dataDir), text)
    const server = await clusters.start(dataDir)
    expect(await query(server.url, 'select value from kept')).toEqual([{ value: 1 }])
  })

  // Only Linux can be asked for the processes of a directory.
  test.runIf(process.platform === 'linux')('finds a running server whose pid file is garbage', async () => {
    const { dataDir } = clusters
    const first = await clusters.startElsewhere(dataDir)
    await first.kill()
    writeFileSync(pidFileOf(dataDir), 'garbage')

    const second = await clusters.start(dataDir)
    expect(isAlive(first.got.pid)).toBe(false)
    expect(await query(second.url, 'select value from kept')).toEqual([{ value: 1 }])
  })

  test('makes the cluster anew when initdb was cut off', async () => {
    const dataDir = join(clusters.emptyDir(), 'data')
    const script = resolve('test/support/embedded-holder.ts')
    const killed = spawn(process.execPath, [script, JSON.stringify({ dataDir })])
    const halfway = () => filesOf(dataDir).filter((name) => /unfinished-\w+$/.test(name))
    await expect
      .poll(() => halfway().map((name) => readdirSync(join(dataDir, name)).length > 3), {
        timeout: 20_000,
      })
      .toEqual([true])
    killed.kill('SIGKILL')

    const server = await clusters.start(dataDir)
    expect(server.owned).toBe(true)
    expect(await query(server.url, 'select 1 as value')).toEqual([{ value: 1 }])
  })

  test('gives itself a new password when the file with it is lost', async () => {
    const { dataDir } = clusters
    rmSync(join(dataDir, 'postgres.password'))
    const server = await clusters.start(dataDir)
    expect(await query(server.url, 'select value from kept')).toEqual([{ value: 1 }])
  })

  test('does not hide the data of another major version behind an empty database', async () => {
    const dataDir = clusters.copy()
    cpSync(join(dataDir, 'postgres-18', 'PG_VERSION'), join(dataDir, 'postgres-17', 'PG_VERSION'))
    rmSync(join(dataDir, 'postgres-18'), { recursive: true })
    await expect(clusters.start(dataDir)).rejects.toMatchObject({ code: 'embedded_server_data_dir' })
  })

  test('does not touch files in its place that are not its own', async () => {
    const dataDir = clusters.emptyDir()
    mkdirSync(join(dataDir, 'postgres-18'))
    writeFileSync(join(dataDir, 'postgres-18', 'diary.txt'), 'dear')
    await expect(clusters.start(dataDir)).rejects.toMatchObject({ code: 'embedded_server_data_dir' })
    expect(readText(join(dataDir, 'postgres-18', 'diary.txt'))).toBe('dear')
  })
})
