import { setImmediate as nextTurn } from 'node:timers/promises'
import { pino } from 'pino'
import { afterEach, describe, expect, test } from 'vitest'

import { checkScript, type ScriptToCheck } from '../../src/scripts/check.ts'
import { compileLinked } from '../../src/scripts/compile-linked.ts'
import { ScriptRefusedError } from '../../src/scripts/finding.ts'
import {
  createScriptService,
  type ScriptService,
  type ScriptServiceOptions,
} from '../../src/scripts/script-service.ts'

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

/** A service whose process runs already, so that what is measured is the work. */
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

  test('when it compiles', async () => {
    const options = { source: good, fileName: 'orders' }

    expect(await startService().compile(options)).toEqual(compileLinked(options))
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

  test('cannot take the memory of the process', { timeout: 180_000 }, async () => {
    const lines: string[] = []
    const logger = pino({ level: 'warn' }, { write: (line) => lines.push(line) })
    const service = startService({ deadlineMs: 50_000, logger })
    const [hostile, behind] = await Promise.all([service.check(script(large)), service.check(script(good))])

    expect(hostile).toEqual(tooComplex)
    expect(behind.state).toBe('accepted')
    // Which of the two notices first depends on the machine.
    expect(lines).toEqual([expect.stringMatching(/heap out of memory|took \d+ MB of memory/)])
  })
})

test('a script is not blamed when it is the caller who was busy past the deadline', async () => {
  const service = await startedService({ deadlineMs: 200 })
  const checking = service.check(script(good))
  await nextTurn() // The work is sent and the deadline runs.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600)

  expect(await checking).toMatchObject({ state: 'accepted' })
})

describe('lanes', () => {
  const source = script('const a = 1')

  test('are served in turn, and each in the order of its calls', async () => {
    const service = startService()
    const answered: string[] = []
    const check = (lane: string, name: string) =>
      service.check(source, lane).then(() => answered.push(`${lane}${name}`))
    await Promise.all([check('a', '1'), check('a', '2'), check('a', '3'), check('b', '1'), check('c', '1')])

    expect(answered).toEqual(['a1', 'b1', 'a2', 'c1', 'a3'])
  })

  test('keep the deadlines of a hostile tenant to itself, but for one each time', async () => {
    const service = await startedService({ deadlineMs: 400 })
    let refused = 0
    const hostile = Array.from({ length: 4 }, () =>
      service
        .check(script(slow), 'hostile')
        .catch(() => undefined)
        .then(() => {
          refused += 1
        }),
    )
    await service.check(source, 'other')
    expect(refused).toBe(1)
    await service.check(source, 'other')
    expect(refused).toBe(2)

    await Promise.all(hostile)
  })

  test('hold 100 that wait: the next of the same lane is told to come again', async () => {
    const service = startService()
    const accepted = Array.from({ length: 101 }, () => service.check(source, 'many'))

    await expect(service.check(source, 'many')).rejects.toMatchObject({
      name: 'ScriptServiceUnavailableError',
      code: 'script_service_busy',
      status: 503,
    })
    await expect(service.compile({ source: good, fileName: 'orders' }, 'other')).resolves.toBeDefined()
    expect(await Promise.all(accepted)).toHaveLength(101)
    await expect(service.check(source, 'many')).resolves.toBeDefined()
  })
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

  test('works while the process starts, and when none was started', async () => {
    await startService().close()
    const service = startService()
    const rejected = expect(service.check(script(good))).rejects.toMatchObject(unavailable)
    await service.close()
    await rejected
  })
})
