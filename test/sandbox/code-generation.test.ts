import { describe, expect, test } from 'vitest'

import { isolations, job, useSandbox } from './jobs.ts'

const source = `export default () => {
  const tried = {
    eval: () => eval('1 + 1'),
    Function: () => Function('return 1 + 1')(),
    kin: () => (async () => {}).constructor('return 1').name,
  }
  return Object.values(tried).map((attempt) => {
    try { return attempt() } catch (error) { return error.name + ': ' + error.message }
  })
}`

describe('code made from strings', () => {
  const sandbox = useSandbox({ hosts: 1 })
  const run = async (isolation: (typeof isolations)[number], allowCode: boolean) => {
    const { output } = await sandbox.it.run({ ...job(source, { isolation }), allowCode })
    return JSON.parse(output ?? 'null')
  }

  test.for(isolations)('is refused with isolation %s', async (isolation) => {
    for (const refusal of await run(isolation, false)) expect(refusal).toMatch(/^TypeError: .* not available/)
  })

  test.for(['context', 'isolate'] as const)(
    'works with isolation %s where it is allowed',
    async (isolation) => {
      expect(await run(isolation, true)).toEqual([2, 2, 'anonymous'])
    },
  )

  test('is refused in a shared realm even where it is allowed, and the error says what to do', async () => {
    for (const refusal of await run('realm', true))
      expect(refusal).toContain('isolation is context or isolate')
  })

  test('leaves nothing to the next execution of a context', async () => {
    const leave = `export default () => { Function('globalThis.left = 1; Array.prototype.left = 1')(); return 1 }`
    const look = 'export default () => [typeof globalThis.left, typeof [].left]'
    const jobOf = (code: string) => ({ ...job(code, { isolation: 'context' }), allowCode: true })
    await sandbox.it.run(jobOf(leave))
    expect((await sandbox.it.run(jobOf(look))).output).toBe('["undefined","undefined"]')
  })
})
