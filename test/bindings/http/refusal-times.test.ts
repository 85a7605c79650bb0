import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import type { RunScope } from '../../../src/bindings/binding.ts'
import { createAddressCheck } from '../../../src/bindings/http/check-address.ts'
import { createLocate } from '../../../src/bindings/http/locate.ts'
import { parsePrivateTargets } from '../../../src/private-targets.ts'

/** What a name server would take, by name, and what it says. */
const names: Record<string, [ms: number, addresses: string[] | Error]> = {
  'internal.test': [1, ['10.0.0.1']],
  'mixed.test': [90, ['93.184.215.14', '10.0.0.1']],
  'unknown.test': [180, []],
  'slow.test': [620, ['10.0.0.1']],
  'slow-unknown.test': [730, []],
  'broken.test': [30, new Error('SERVFAIL')],
}

const permitted = parsePrivateTargets('') ?? { ranges: [], names: new Set<string>() }
const locate = createLocate({
  mayConnect: createAddressCheck({ permitted }),
  permitted,
  async resolve(name) {
    const [ms, answer] = names[name] ?? [0, []]
    await new Promise((resolve) => setTimeout(resolve, ms))
    if (answer instanceof Error) throw answer
    return answer
  },
  onRefused: () => undefined,
  refusalStepMs: 500,
})
const run = { settings: { http_deny: ['denied.test'] } } as unknown as RunScope

describe('by its time a refusal does not tell its reason either', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
  afterEach(() => void vi.useRealTimers())

  test.each([
    ['http://10.0.0.1/', 500],
    ['http://127.0.0.1:22/', 500],
    ['http://db/', 500],
    ['http://denied.test/', 500],
    ['http://internal.test/', 500],
    ['http://mixed.test/', 500],
    ['http://unknown.test/', 500],
    ['http://broken.test/', 500],
    ['http://slow.test/', 1000],
    ['http://slow-unknown.test/', 1000],
  ])('%s after %i ms', async (url, ms) => {
    const began = performance.now()
    const answered = locate(new URL(url), run, new AbortController().signal).then(
      () => Number.NaN,
      () => performance.now() - began,
    )
    await vi.advanceTimersByTimeAsync(2000)
    expect(await answered).toBe(ms)
  })
})
