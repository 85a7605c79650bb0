import { spawn } from 'node:child_process'
import { afterEach, describe, expect, test } from 'vitest'

import { encodeFrame } from '../../src/sandbox/channel.ts'
import { ActiveRun } from '../../src/sandbox/parent/active-run.ts'
import { HostProcess } from '../../src/sandbox/parent/host-process.ts'
import { watchHost } from '../../src/sandbox/parent/watch.ts'
import type { SandboxResult } from '../../src/sandbox/sandbox.ts'
import { job } from './jobs.ts'

const megabyte = 1024 * 1024
const baseMb = 100
/** The limit of the runs here; from outside a run may show 2 * 16 + 48 MB. */
const limits = { memoryMb: 16 }

/** A host whose memory is what the test says, and that ends the run 1 as soon as it is there. */
class FakeHost extends HostProcess {
  residentMb = baseMb
  override residentBytes(): number {
    return this.residentMb * megabyte
  }
}

describe('memory that a run has left in its host', () => {
  const hosts: FakeHost[] = []
  afterEach(() => {
    for (const host of hosts.splice(0)) host.kill('the test is over')
  })

  /** A host in which a run has just ended that took 400 MB, and in which another one has begun. */
  async function hostAfterLargeRun() {
    const frames = [['ready'], ['done', '1', 'completed', '1', '{}', 'clean']].map((parts) =>
      encodeFrame(parts),
    )
    const program = `
      process.stdin.pipe(require('node:fs').createWriteStream('', { fd: 3 }))
      setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--eval', program], { stdio: ['pipe', 'ignore', 'pipe', 'pipe'] })
    child.stdin?.on('error', () => undefined)
    const nothing = () => undefined
    const host = new FakeHost(child, { ready: nothing, started: nothing, exited: nothing, done: nothing })
    hosts.push(host)
    host.baseBytes = baseMb * megabyte
    await new Promise<SandboxResult>((resolve) => {
      const large = new ActiveRun('1', job('export default () => 1', { limits }), {}, resolve)
      host.start(large)
      large.dispatchedAt -= 1000
      host.residentMb = baseMb + 400
      child.stdin?.write(Buffer.concat(frames))
    })
    const ends: (string | undefined)[] = []
    const next = new ActiveRun('2', job('export default () => 1', { limits }), {}, ({ error }) =>
      ends.push(error?.code),
    )
    host.start(next)
    const watch = (residentMb: number) => {
      host.residentMb = residentMb
      watchHost(host, { hostMemoryMb: 1024, maxWarm: 4, suspect: nothing })
      return [host.wasKilled, ends]
    }
    return watch
  }

  test('is not blamed on the next, which may take its own beside it', async () => {
    const watch = await hostAfterLargeRun()
    expect(watch(baseMb + 400)).toEqual([false, []])
    expect(watch(baseMb + 470)).toEqual([false, []])
  })

  test('excuses no more than what was left', async () => {
    const watch = await hostAfterLargeRun()
    expect(watch(baseMb + 490)).toEqual([true, ['memory_limit']])
  })

  test('excuses nothing once it was given back', async () => {
    const watch = await hostAfterLargeRun()
    expect(watch(baseMb + 10)).toEqual([false, []])
    expect(watch(baseMb + 400)).toEqual([true, ['memory_limit']])
  })
})
