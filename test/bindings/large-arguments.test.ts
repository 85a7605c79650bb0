import { expect, test } from 'vitest'

import type { RunScope } from '../../src/bindings/binding.ts'
import { createScriptApi } from '../../src/bindings/script-api.ts'

const api = createScriptApi({ parts: [() => ({ calls: { 'cache.set': async (args) => args.length } })] })
const call = (args: string) => api.open({} as RunScope).call('cache.set', args, Promise.resolve())

/** As many as fit into the ten megabytes that may come; the node would be deaf for a second while it reads them. */
test.each([
  ['objects', `[${'{},'.repeat(3_000_000)}1]`],
  ['arrays', `[${'[],'.repeat(3_000_000)}1]`],
  ['names', `[{${Array.from({ length: 200_000 }, (_, n) => `"key ${n}":1`).join()}}]`],
  ['texts', `[${Array.from({ length: 200_000 }, (_, n) => `"text ${n}"`).join()}]`],
  ['numbers', `[${'1,'.repeat(4_000_000)}1]`],
])('too many %s in the arguments of a call are refused before they are read', async (_, args) => {
  const began = performance.now()
  await expect(call(args)).rejects.toMatchObject({ code: 'arguments_too_large', retryable: false })
  expect(performance.now() - began).toBeLessThan(500)
})

test.each([
  ['a text of ten megabytes', `["${'\\"'.repeat(5_000_000)}"]`, 1],
  ['900,000 numbers', `[[${'1,'.repeat(900_000)}1]]`, 1],
  ['rows of a table', `[${Array(1000).fill(`{${Array(45).fill('"name":"value"').join()}}`)}]`, 1000],
])('%s come through', async (_, args, count) => {
  expect(await call(args)).toBe(`${count}`)
})

test('what nests too deep is refused as well', async () => {
  await expect(call('['.repeat(5_000_000))).rejects.toMatchObject({ code: 'invalid_arguments' })
})
