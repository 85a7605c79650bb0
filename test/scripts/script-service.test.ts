import { execFile } from 'node:child_process'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { pino } from 'pino'
import { afterEach, describe, expect, test } from 'vitest'

import { checkScript, type ScriptToCheck } from '../../src/scripts/check.ts'
import { ScriptRefusedError } from '../../src/scripts/finding.ts'
import {
  createScriptService,
  type ScriptService,
  type ScriptServiceOptions,
} from '../../src/scripts/script-service.ts'
import { startScriptThread } from '../../src/scripts/script-service-thread.ts'
import { compileScript } from '../../src/scripts/transform.ts'

const good = 'export default (input: number) => input'
const names = (count: number) => Array.from({ length: count }, (_, n) => `a${n}`)

/** Every declaration is compared with all before it: about 20 s. */
const slow = `let ${names(100_000).join(', ')}`
/** Every block remembers every `var` within it: about 5 GB. */
const large = `${'{'.repeat(1_500)}var a${',a'.repeat(400_000)}${'}'.repeat(1_500)}`

function script(source: string): ScriptToCheck {
  return { name: 'orders', type: 'event', source, config: { maxSourceBytes: 2 ** 20 } }
}

const open: ScriptService[] = []

function startService(options: ScriptServiceOptions = {}): ScriptService {
  const service = createScriptService(options)
  open.push(service)
  return service
}

/** A service whose thread runs already, so that what is measured is the work. */
async function startedService(options: ScriptServiceOptions): Promise<ScriptService> {
  const service = startService(options)
  await service.check(script(good))
  return service
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((service) => service.close()))
})

const tooComplex = { state: 'rejected', findings: [expect.objectContaining({ code: 'too_complex' })] }

describe('the script service answers as the functions it stands for', () => {
  test.each([
    ['TypeScript', good],
    ['imports and exports', "import { log } from 'pgscript'\nexport const a = 1\nexport default () => log"],
    ['a syntax error', 'export default () => {\n  return )\n}'],
    ['a missing export', 'const a = 1'],
    ['an enum', 'enum A { B }'],
  ])('to %s', async (_, source) => {
    expect(await startService().check(script(source))).toEqual(checkScript(script(source)))
  })

  test('to too deep a nesting, for which the thread is not lost', async () => {
    const thread = startScriptThread(5_000)
    const result = await thread.run({ kind: 'check', script: script('['.repeat(50_000)) })

    expect(result).toMatchObject({ check: { findings: [{ code: 'too_deeply_nested' }] } })
    expect(thread.alive).toBe(true)
    await thread.stop()
  })

  test('when it compiles', async () => {
    const options = { source: good, fileName: 'orders' }

    expect(await startService().compile(options)).toEqual(compileScript(options))
  })

  test('when it refuses to compile: the same error, by class, code and findings', async () => {
    const options = { source: 'const a = )', fileName: 'orders' }
    const error: unknown = await startService()
      .compile(options)
      .catch((reason) => reason)

    expect(error).toBeInstanceOf(ScriptRefusedError)
    expect(error).toMatchObject({ code: 'script_refused', field: 'source', status: 422 })
    expect(error).toHaveProperty('findings', [expect.objectContaining({ line: 1, column: 11 })])
  })

  test('in the order of the calls', async () => {
    const service = startService()
    const answered: number[] = []
    await Promise.all([0, 1, 2, 3].map((n) => service.check(script(good)).then(() => answered.push(n))))

    expect(answered).toEqual([0, 1, 2, 3])
  })
})

describe('a hostile source', () => {
  test('is refused at the deadline, and those behind it wait no longer than that', async () => {
    const service = await startedService({ deadlineMs: 500 })
    const begin = performance.now()
    const hostile = service.check(script(slow))
    const behind = [service.check(script(good)), service.compile({ source: good, fileName: 'orders' })]

    expect(await hostile).toEqual(tooComplex)
    expect(await Promise.all(behind)).toMatchObject([{ state: 'accepted' }, { language: 'typescript' }])
    expect(performance.now() - begin).toBeLessThan(4_000)
  })

  test('is refused when it is to be compiled', async () => {
    const compiling = startService({ deadlineMs: 300 }).compile({ source: slow, fileName: 'orders' })

    await expect(compiling).rejects.toBeInstanceOf(ScriptRefusedError)
    await expect(compiling).rejects.toMatchObject({ findings: tooComplex.findings })
  })

  test('leaves the caller’s event loop alone', async () => {
    const service = await startedService({ deadlineMs: 1_000 })
    let ticks = 0
    const timer = setInterval(() => {
      ticks += 1
    }, 10)
    await service.check(script(slow))
    clearInterval(timer)

    expect(ticks).toBeGreaterThan(30)
  })

  test('cannot take the memory of the process', async () => {
    const lines: string[] = []
    const logger = pino({ level: 'warn' }, { write: (line) => lines.push(line) })
    const service = startService({ deadlineMs: 50_000, logger })
    const [hostile, behind] = await Promise.all([service.check(script(large)), service.check(script(good))])

    expect(hostile).toEqual(tooComplex)
    expect(behind.state).toBe('accepted')
    expect(lines).toEqual([expect.stringContaining('JS heap out of memory')])
  })
})

test('a script is not blamed when it is the caller who was busy past the deadline', async () => {
  const service = await startedService({ deadlineMs: 200 })
  const checking = service.check(script(good))
  await nextTurn() // The work is sent and the deadline runs.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600)

  expect(await checking).toMatchObject({ state: 'accepted' })
})

test('a thread that has ended says so, and gives no work the blame of the deadline', async () => {
  const thread = startScriptThread(60_000)
  await thread.run({ kind: 'check', script: script(good) })
  expect(thread.alive).toBe(true)
  await thread.stop()

  expect(thread.alive).toBe(false)
  await expect(thread.run({ kind: 'check', script: script(good) })).rejects.toMatchObject({ reason: 'crash' })
})

describe('close', () => {
  const unavailable = { code: 'script_service_unavailable', status: 503 }

  test('rejects what is under way, what waits and what comes later', async () => {
    const service = await startedService({})
    const pending = [service.check(script(slow)), service.compile({ source: good, fileName: 'orders' })]
    const rejections = Promise.allSettled(pending)
    await service.close()

    expect(await rejections).toMatchObject([{ reason: unavailable }, { reason: unavailable }])
    await expect(service.check(script(good))).rejects.toMatchObject(unavailable)
    await expect(service.close()).resolves.toBeUndefined()
  })

  test('works while the thread starts, and when none was started', async () => {
    await startService().close()
    const service = startService()
    const rejected = expect(service.check(script(good))).rejects.toMatchObject(unavailable)
    await service.close()
    await rejected
  })

  test('leaves no thread that goes on working', async () => {
    const service = await startedService({})
    const rejected = expect(service.check(script(slow))).rejects.toMatchObject(unavailable)
    await sleep(300)
    await service.close()
    await rejected
    const before = process.cpuUsage()
    await sleep(500)

    expect(process.cpuUsage(before).user / 1_000).toBeLessThan(250)
  })
})

test('an idle service lets the process end; one at work does not', async () => {
  const module = JSON.stringify(new URL('../../src/scripts/script-service.ts', import.meta.url).href)
  const program = `
    const { createScriptService } = await import(${module})
    const check = () => service.check({ name: 'orders', type: 'event', source: ${JSON.stringify(good)} })
    const service = createScriptService()
    await check()
    console.log((await check()).state)`

  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    timeout: 30_000,
  })
  expect(stdout).toBe('accepted\n')
})
