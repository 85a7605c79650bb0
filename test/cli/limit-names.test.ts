import { expect, test } from 'vitest'

import { withDatabaseNames } from '../../src/cli/limit-names.ts'

test.each([
  [{ wall_time_ms: 1 }, { wall_time_ms: 1 }],
  [{ wallTimeMs: 1 }, { wall_time_ms: 1 }],
  [{ memoryMb: 1, memoryMB: undefined }, null],
  [{ memoryMB: 1 }, { memory_mb: 1 }],
  [
    { cpuTimeMs: 1, api_calls: 2 },
    { cpu_time_ms: 1, api_calls: 2 },
  ],
  [{ cpuTime2Ms: 1 }, { cpu_time2_ms: 1 }],
  [
    { nonsense: 'x', noSuchLimit: null },
    { nonsense: 'x', no_such_limit: null },
  ],
  [{}, {}],
  [[{ wallTimeMs: 1 }], [{ wallTimeMs: 1 }]],
  [null, null],
  [7, 7],
  ['wallTimeMs', 'wallTimeMs'],
])('%j', (given, expected) => {
  if (expected === null && given !== null) {
    expect(() => withDatabaseNames(given)).toThrow('--limits: memory_mb is given twice, also as memoryMB')
  } else {
    expect(withDatabaseNames(given)).toEqual(expected)
  }
})

test('a key __proto__ stays a key', () => {
  const limits = JSON.parse('{"__proto__": {"wallTimeMs": 1}}')
  expect(Object.keys(withDatabaseNames(limits) as object)).toEqual(['__proto__'])
})
