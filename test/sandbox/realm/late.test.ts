import { describe, expect, test } from 'vitest'

import { isolations, job, useSandbox } from '../jobs.ts'

describe.each(isolations)('after the end of an execution with isolation %s', (isolation) => {
  const sandbox = useSandbox({ hosts: 1 })

  test('the answer to a call that it left does not wake it while another runs', async () => {
    const answers: (() => void)[] = []
    const calls: string[] = []
    const left = `export default () => {
      sdk.cache.get('slow').then(() => { console.log('woken'); sdk.cache.set('woken', 1) })
    }`
    await sandbox.it.run(job(left, { isolation }), {
      onCall: (name) => {
        calls.push(name)
        return new Promise((resolve) => answers.push(() => resolve('1')))
      },
    })
    const next = sandbox.it.run(
      job('export default () => new Promise((resolve) => setTimeout(resolve, 50, "alone"))', { isolation }),
      { onStart: () => answers.forEach((answer) => void answer()) },
    )
    const { output, logs } = await next
    expect([output, logs, calls]).toEqual(['"alone"', [], ['cache.get']])
  })

  test('its calls are refused, its logs dropped and its timers never set', async () => {
    const calls: string[] = []
    const source = `export default () => {
      (async () => {
        for (let i = 0; i < 100; i += 1) await null
        console.log('late')
        setTimeout(() => console.log('later'), 1)
        await sdk.cache.set('late', 1).catch((error) => sdk.cache.set(error.code, 2))
      })()
      return 1
    }`
    const first = await sandbox.it.run(job(source, { isolation }), {
      onCall: async (name) => {
        calls.push(name)
        return 'null'
      },
    })
    const second = await sandbox.it.run(
      job('export default () => new Promise((resolve) => setTimeout(resolve, 30, 2))', { isolation }),
    )
    expect([first.output, second.output, first.logs, second.logs, calls]).toEqual(['1', '2', [], [], []])
  })

  test('code that reading its unhandled rejections runs does not run in the next', async () => {
    const source = `export default () => {
      const again = (depth) => Promise.reject({ get message() {
        queueMicrotask(() => { Math.random(); if (depth < 2) again(depth + 1) })
        return 'read'
      } })
      again(0)
      return 'left'
    }`
    const seed = '0123456789abcdef0123456789abcdef'
    const draw = job('export default async () => { await null; return Math.random() }', { isolation, seed })
    const expected = await sandbox.it.run(draw)
    expect((await sandbox.it.run(job(source, { isolation }))).output).toBe('"left"')
    expect((await sandbox.it.run(draw)).output).toBe(expected.output)
  })

  test('rejections without end cost the isolate, not the next execution', async () => {
    const source = `export default () => {
      const again = () => Promise.reject({ get message() { queueMicrotask(again); return 'read' } })
      again()
      return 'left'
    }`
    expect((await sandbox.it.run(job(source, { isolation }))).output).toBe('"left"')
    expect((await sandbox.it.run(job('export default () => 1', { isolation }))).output).toBe('1')
  })
})

describe('code that closes the function it stands in', () => {
  const sandbox = useSandbox({ hosts: 1 })
  const given = (code: string) => {
    const plain = job('export default () => 1')
    return { ...plain, script: { ...plain.script, key: code, code } }
  }

  test.for([
    ['and calls nothing', `(async () => 0))}); let left = 1; (() => { return ((async () => 0)`],
    ['by its round bracket', `(async () => 0))}); let left = 1; $pgscript$(() => { return ((async () => 0)`],
    ['by a square bracket', `(async () => 0)]; let left = 1; [(async () => 0)`],
    ['and opens a comment', `(async () => 0))}); let left = 1 /*`],
    ['and opens a template', '(async () => 0))}); let left = 1; `'],
    ['by a brace', `(async () => 0)}; let left = 1; {(async () => 0)`],
    ['in a line that looks like a comment of HTML', `(async () => 0)\n--> )}); let left = 1`],
  ])('%s is refused or stays inside', async ([, code = '']) => {
    const refused = await sandbox.it.run(given(code))
    expect(refused.status).toBe('failed')
    expect(refused.error?.code).toMatch(/invalid_script|no_default_export/)
    expect((await sandbox.it.run(job('export default () => typeof left'))).output).toBe('"undefined"')
  })

  test('what stands beside the function is evaluated anew each time', async () => {
    const code = `(() => { let count = 0; return async (i, e) => { e.default = () => (count += 1) } })()`
    const runs = [await sandbox.it.run(given(code)), await sandbox.it.run(given(code))]
    expect(runs.map((run) => run.output)).toEqual(['1', '1'])
  })
})
