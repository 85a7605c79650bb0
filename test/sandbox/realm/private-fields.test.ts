import { expect, test } from 'vitest'

import { job, useSandbox } from '../jobs.ts'

const sandbox = useSandbox({ hosts: 1 })

/** What a frozen object would take all the same, and keep for as long as its realm. */
const leaving = `
class Stamp extends (function (object) { return object }) {
  #kept = Array.from({ length: 2_900_000 }, (_, n) => n + 0.5)
}
export default () => { new Stamp(Object.prototype) }`

const needing = `export default () =>
  Array.from({ length: 45 }, (_, n) => new Float64Array(131_072).fill(n)).length`

test('what executions share takes no private fields, so none finds its memory taken by an earlier one', async () => {
  const { error } = await sandbox.it.run(job(leaving))
  expect(error?.message).toContain('object is not extensible')
  const next = await sandbox.it.run(job(needing))
  expect([next.error, next.output]).toEqual([null, '45'])
  expect(sandbox.it.stats().warmHits).toBe(1)
})

test("a script's own objects take them, whatever they inherit from", async () => {
  const source = `class Base { constructor() { return new Map() } }
  class Counted extends Base { #count = 1; static of(one) { return one.#count } }
  export default () => Counted.of(new Counted())`
  expect(await sandbox.it.run(job(source))).toMatchObject({ error: null, output: '1' })
})
