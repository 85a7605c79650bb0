import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

import { pino } from 'pino'
import { afterEach, describe, expect, test } from 'vitest'

import type { ScriptToCheck } from '../../src/scripts/check.ts'
import { createScriptService, type ScriptServiceOptions } from '../../src/scripts/script-service.ts'
import { type ScriptProcess, startScriptProcess } from '../../src/scripts/script-service-process.ts'
import { processTable } from '../support/process-table.ts'
import { until } from '../support/until.ts'

const onLinux = process.platform === 'linux'
const good = 'export default (input: number) => input'

/** V8 unites the sets one by one, in native code that nothing interrupts: about 15 s. */
const endless = `export default /[${'\\p{L}'.repeat(150_000)}]/iv`
/** These sets are large: 800 MB a second outside the heap, for minutes. */
const swollen = `export default /[${'\\p{RGI_Emoji}'.repeat(20_000)}]/v`

function script(source: string): ScriptToCheck {
  return { name: 'orders', type: 'event', source, config: { maxSourceBytes: 2 ** 20 } }
}

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

function startService(options: ScriptServiceOptions = {}) {
  const service = createScriptService(options)
  cleanups.push(() => service.close())
  return service
}

async function startedProcess(deadlineMs = 60_000): Promise<ScriptProcess> {
  const started = startScriptProcess(deadlineMs)
  cleanups.push(() => started.stop())
  await started.run({ kind: 'check', script: script(good) })
  return started
}

function childrenOf(parent: number | undefined): number[] {
  return processTable()
    .filter((row) => row.parent === parent && row.command.includes('script-service-child'))
    .map(({ pid }) => pid)
}

function lives(pid: number): boolean {
  return processTable().some((row) => row.pid === pid)
}

/** A logger, and the reasons for which it was told of a lost process. */
function reasonsLogged() {
  const reasons: string[] = []
  const logger = pino({ level: 'warn' }, { write: (line) => void reasons.push(JSON.parse(line).reason) })
  return { logger, reasons }
}

const tooComplex = { state: 'rejected', findings: [expect.objectContaining({ code: 'too_complex' })] }

describe('a regular expression that occupies V8’s parser', () => {
  // Where this machine is busy with others, the deadline may be four.
  test('is refused at the deadline, and its process is gone', { retry: 2 }, async () => {
    const { logger, reasons } = reasonsLogged()
    const service = startService({ deadlineMs: 1_000, logger })
    await service.check(script(good))
    const [pid = 0] = childrenOf(process.pid)
    const memory = process.memoryUsage.rss()
    const begin = performance.now()

    expect(await service.check(script(endless))).toEqual(tooComplex)
    expect(performance.now() - begin).toBeLessThan(5_000)
    await until(() => !existsSync(`/proc/${pid}`) && !lives(pid), { within: 2_000 })
    expect(reasons).toEqual(['deadline'])
    expect(process.memoryUsage.rss() - memory).toBeLessThan(50 * 2 ** 20)
  })

  test('is replaced at once: the next check does not wait for a start', async () => {
    const service = startService({ deadlineMs: 500 })
    await service.check(script(endless))

    const [replacement] = await until(() => {
      const pids = childrenOf(process.pid)
      return pids.length > 0 && pids
    })
    expect(await service.check(script(good))).toMatchObject({ state: 'accepted' })
    expect(childrenOf(process.pid)).toEqual([replacement])
  })

  test.runIf(onLinux)(
    'is refused when the process has taken too much memory, long before the deadline',
    async () => {
      const { logger, reasons } = reasonsLogged()
      const service = startService({ deadlineMs: 50_000, logger })
      const memory = process.memoryUsage.rss()
      const [hostile, behind] = await Promise.all([
        service.check(script(swollen)),
        service.check(script(good)),
      ])

      expect(hostile).toEqual(tooComplex)
      expect(behind).toMatchObject({ state: 'accepted' })
      expect(reasons).toEqual(['memory'])
      expect(process.memoryUsage.rss() - memory).toBeLessThan(50 * 2 ** 20)
    },
  )
})

describe('the process', () => {
  test('is started when there is work, and gone after close', async () => {
    const service = startService()
    expect(childrenOf(process.pid)).toEqual([])
    await service.check(script(good))
    const [pid = 0, ...others] = childrenOf(process.pid)
    expect(others).toEqual([])
    expect(lives(pid)).toBe(true)
    await service.close()

    expect(lives(pid)).toBe(false)
  })

  test('is gone after close even in the middle of a regular expression', async () => {
    const service = startService()
    await service.check(script(good))
    const [pid = 0] = childrenOf(process.pid)
    const rejected = expect(service.check(script(endless))).rejects.toMatchObject({
      code: 'script_service_unavailable',
    })
    await sleep(300)
    await service.close()
    await rejected

    expect(lives(pid)).toBe(false)
  })

  test.runIf(onLinux)(
    'has no environment, a lower priority, and is the first to go without memory',
    async () => {
      const { pid = 0 } = await startedProcess()

      // What `fork` adds for its channel.
      expect(readFileSync(`/proc/${pid}/environ`, 'latin1').replaceAll(/NODE_CHANNEL_\w+=\w+\0/g, '')).toBe(
        '',
      )
      expect(getPriority(pid)).toBe(Math.max(5, getPriority()))
      expect(readFileSync(`/proc/${pid}/oom_score_adj`, 'latin1').trim()).toBe('900')
    },
  )

  test('stays after too deep a nesting', async () => {
    const reader = await startedProcess()
    const result = await reader.run({ kind: 'check', script: script('['.repeat(50_000)) })

    expect(result).toMatchObject({ check: { findings: [{ code: 'too_deeply_nested' }] } })
    expect(reader.usable).toBe(true)
  })

  test('is of no more use after a nesting that breaks the type stripper, but answers', async () => {
    const reader = await startedProcess()
    const nested: ScriptToCheck = { ...script('['.repeat(50_000)), language: 'typescript' }

    expect(await reader.run({ kind: 'check', script: nested })).toMatchObject({
      check: { findings: [{ code: 'too_deeply_nested' }] },
    })
    expect(reader.usable).toBe(false)
  })

  test('does not end by the signals that a terminal or a supervisor sends to all', async () => {
    const reader = await startedProcess()
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(reader.pid ?? 0, signal)

    expect(await reader.run({ kind: 'check', script: script(good) })).toMatchObject({
      check: { state: 'accepted' },
    })
  })

  test('that was killed while idle is replaced before anything is asked of it', async () => {
    const { logger, reasons } = reasonsLogged()
    const service = startService({ logger })
    await service.check(script(good))
    const [pid = 0] = childrenOf(process.pid)
    process.kill(pid, 'SIGKILL')
    await until(() => !lives(pid))
    await sleep(50)

    expect(await service.check(script(good))).toMatchObject({ state: 'accepted' })
    expect(reasons).toEqual([])
  })

  test('that is killed from outside leaves its work for one more try', async () => {
    const { logger, reasons } = reasonsLogged()
    const service = startService({ deadlineMs: 2_000, logger })
    await service.check(script(good))
    const hostile = service.check(script(endless))
    process.kill(childrenOf(process.pid)[0] ?? 0, 'SIGKILL')

    expect(await hostile).toEqual(tooComplex)
    expect(reasons).toEqual(['killed', 'deadline'])
  })

  test.runIf(onLinux)('has longer than the deadline where the machine does not let it work', async () => {
    const service = startService({ deadlineMs: 300 })
    await service.check(script(good))
    const [pid = 0] = childrenOf(process.pid)
    process.kill(pid, 'SIGSTOP')
    const checking = service.check(script(good))
    await sleep(450)
    process.kill(pid, 'SIGCONT')

    expect(await checking).toMatchObject({ state: 'accepted' })
    expect(childrenOf(process.pid)).toEqual([pid])
  })

  test.runIf(onLinux)('that never gets to work is replaced, and no script is blamed for it', async () => {
    const { logger, reasons } = reasonsLogged()
    const service = startService({ deadlineMs: 300, logger })
    await service.check(script(good))
    process.kill(childrenOf(process.pid)[0] ?? 0, 'SIGSTOP')

    await expect(service.check(script(good))).rejects.toMatchObject({ code: 'script_service_unavailable' })
    expect(reasons).toEqual(['starved'])
  })

  test('that has ended says so', async () => {
    const reader = await startedProcess()
    await reader.stop()

    expect(reader.usable).toBe(false)
    await expect(reader.run({ kind: 'check', script: script(good) })).rejects.toMatchObject({
      name: 'ProcessLostError',
    })
  })
})

describe('the parent', () => {
  const modulePath = JSON.stringify(new URL('../../src/scripts/script-service.ts', import.meta.url).href)
  const check = (source: string) =>
    `service.check({ name: 'orders', type: 'event', source: ${source}, config: { maxSourceBytes: 1e6 } })`

  /** A process of its own that has a service and has checked one script. */
  function startParent(then: string): ChildProcess {
    const program = `
      const { createScriptService } = await import(${modulePath})
      const service = createScriptService({ deadlineMs: 300_000 })
      await ${check(JSON.stringify(good))}
      const endless = () => 'export default /[' + '\\\\p{L}'.repeat(150_000) + ']/iv'
      ${then}`
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    cleanups.push(() => parent.kill('SIGKILL'))
    return parent
  }

  async function childOf(parent: ChildProcess): Promise<number> {
    await once(parent.stdout ?? parent, 'data')
    const [pid = 0] = childrenOf(parent.pid)
    expect(pid).toBeGreaterThan(0)
    return pid
  }

  test('ends when its service is idle, and leaves nothing', async () => {
    const parent = startParent(`console.log((await ${check(JSON.stringify(good))}).state)
      setTimeout(() => {}, 500)`)
    const child = await childOf(parent)
    const [code] = await once(parent, 'exit')

    expect(code).toBe(0)
    await until(() => !lives(child), { within: 2_000 })
  })

  test.each([
    ['leaves no idle process when it is killed', `console.log('idle'); setInterval(() => {}, 1000)`],
    [
      'leaves no process in a regular expression when it is killed',
      `void ${check('endless()')}; console.log('busy')`,
    ],
  ])('%s', async (_, then) => {
    const parent = startParent(then)
    const child = await childOf(parent)
    await sleep(500)
    parent.kill('SIGKILL')

    await until(() => !lives(child), { within: 2_000 })
  })

  test('takes the process with it when it exits by itself, without waiting for it to notice', async () => {
    const parent = startParent(`
      const { writeSync } = await import('node:fs')
      void ${check('endless()')}
      console.log('busy')
      setTimeout(() => process.exit(), 500)
      process.on('exit', () => {
        writeSync(1, 'exiting')
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5_000)
      })`)
    const child = await childOf(parent)
    await once(parent.stdout ?? parent, 'data')

    await until(() => !lives(child), { within: 2_000 })
    expect(lives(parent.pid ?? 0)).toBe(true)
  })
})
