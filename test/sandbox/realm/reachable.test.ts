import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

import { job, limits, useSandbox } from '../jobs.ts'

const walker = readFileSync(new URL('./reachable.js', import.meta.url), 'utf8')

describe('everything that executions of a realm can reach', () => {
  const sandbox = useSandbox({ hosts: 1 })
  const run = async (tenantId: string, expression: string): Promise<unknown> => {
    const source = `${walker}\nexport default () => ${expression}`
    const result = await sandbox.it.run(
      job(source, { tenantId, limits: { ...limits, outputBytes: 4_000_000 } }),
    )
    expect(result.error).toBeNull()
    return JSON.parse(result.output ?? '')
  }

  test('is as it was after each object has been changed in every way there is', async () => {
    const untouched = await run('fresh', 'describeAll()')
    expect(untouched).toHaveLength(await (run('fresh', 'describeAll().length') as Promise<number>))
    const before = sandbox.it.stats().warmHits
    expect(await run('spoilt', 'spoil()')).toBeGreaterThan(1500)
    expect(await run('spoilt', 'describeAll()')).toEqual(untouched)
    expect(sandbox.it.stats().warmHits).toBe(before + 1)
  })

  test('is frozen, unless it is new for each of them', async () => {
    const own = [
      // What is made by the walk, and what the execution has of its own: no class, and nothing built in.
      /^(\.builtIn|\.syntax|\.made)?$/,
      /^\.syntax\.\d+(\.prototype|\.__proto__)?$/,
      /^\.made(\.\d+(\.(promise|resolve|reject|revoke|proxy|errors|buffer|indices|groups|\d))*)?$/,
      /^\.names(\.[a-z]\w*)*(\.prototype)?$/,
      // Instances with what they hold, but for the prototypes, which they share.
      /^\.web(\.(?!subtle|sizes\.)\w+(\.(?!__proto__|constructor)[^.]+)*)?$/,
      // Read from a prototype these accessors give a promise that is rejected.
      /^\.builtIn\.\w+\.prototype\.(closed|ready)$/,
      /^\.(globalThis|pgscript)(\.[a-z]\w*)*(\.prototype)?$/,
    ]
    const open = (await run('fresh', 'unfrozen()')) as string[]
    expect(open.filter((path) => !own.some((pattern) => pattern.test(path)))).toEqual([])
  })
})
