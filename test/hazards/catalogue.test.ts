import { existsSync, readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

import type { SandboxResult } from '../../src/sandbox/sandbox.ts'
import { type Hazard, hazardKinds, hazardsOf, limitCodes, ownCodes, readHazard } from './hazard.ts'
import { faultsOf } from './hazard-end.ts'

const kinds = hazardKinds()
const all = kinds.flatMap(hazardsOf)

/** A run that ends as it is told to, with nothing else to find fault with. */
function ending(code: string, { output, message, logs, limits }: Hazard): SandboxResult {
  const line = { level: 'info', at: 0, message: '' } as const
  const error = { code, type: 'Error', message: message ?? '', stack: '', retryable: false }
  return {
    status: code === 'completed' || code === 'timeout' ? code : 'failed',
    output: code === 'completed' ? (output ?? 'null') : null,
    error: code === 'completed' ? null : error,
    logs: Array.from({ length: typeof logs === 'number' ? logs : 0 }, () => line),
    logsTruncated: logs === 'cut',
    metrics: { startMs: 0, durationMs: 0, cpuMs: 0, peakHeapBytes: 0, hostCalls: limits.hostCalls },
  }
}

const callsOf = ({ calls = 0 }: Hazard) =>
  Array.from({ length: calls }, () => ({ name: 'cache.get', args: '[]' }))

describe('the hazards', () => {
  test('are many, of every kind, and each kind is run', () => {
    expect(all.length).toBeGreaterThanOrEqual(300)
    for (const kind of kinds) {
      expect([kind, existsSync(new URL(`./${kind}.test.ts`, import.meta.url))]).toEqual([kind, true])
      expect(hazardsOf(kind).length).toBeGreaterThanOrEqual(5)
    }
  })

  test('are scripts, one a file, with a name that says what it is', () => {
    for (const kind of kinds) {
      const files = readdirSync(new URL(`./${kind}/`, import.meta.url))
      expect(files.filter((file) => !/^[a-z]+(-[a-z]+)*\.js$/.test(file))).toEqual([])
    }
  })

  test('meet every limit that there is', () => {
    const ends = new Set(all.map(({ expect: end }) => end))
    for (const code of limitCodes) expect(ends).toContain(code)
  })

  test('try what no other one tries', () => {
    const sources = all.map(({ source }) => source.replace(/^\/\/.*\n/gm, ''))
    expect(new Set(sources).size).toBe(sources.length)
    expect(new Set(all.map(({ tries }) => tries)).size).toBe(all.length)
  })

  test.for(all.map((hazard) => [`${hazard.kind}/${hazard.name}`, hazard] as const))(
    '%s passes with the end that it names, and with no other',
    ([, hazard]) => {
      const calls = callsOf(hazard)
      expect(faultsOf(hazard, ending(hazard.expect, hazard), calls)).toEqual([])
      const others = ['completed', 'lost', 'cancelled', ...limitCodes, ...ownCodes]
      for (const code of others.filter((other) => other !== hazard.expect)) {
        expect(faultsOf(hazard, ending(code, hazard), calls)).not.toEqual([])
      }
    },
  )
})

describe('what a hazard ends with', () => {
  const given = (header: string) => readHazard('kind', 'name', `${header}\nexport default () => 1\n`)
  const completes = given('// hazard: one\n// expect: completed\n// output: [1, 2]')
  const fails = given('// hazard: one\n// expect: script_error\n// message: so it is')
  const result = ending('completed', completes)

  test('is its output, to the letter', () => {
    expect(faultsOf(completes, { ...result, output: '[1,2]' }, [])).toEqual([])
    expect(faultsOf(completes, { ...result, output: '[1,3]' }, [])).toEqual(['its output is [1,3]'])
    expect(faultsOf(completes, { ...result, output: null }, [])).toHaveLength(1)
  })

  test('is the message of its error, where the error is not a limit', () => {
    const failed = ending('script_error', fails)
    expect(faultsOf(fails, failed, [])).toEqual([])
    const other = { code: 'script_error', type: 'Error', message: 'x', stack: '', retryable: true }
    expect(faultsOf(fails, { ...failed, error: other }, [])).toEqual(['its message is x'])
  })

  test('are logs, calls and errors within their bounds', () => {
    const line = { level: 'info', at: 0, message: 'x'.repeat(200) } as const
    const flooded = { ...result, logs: new Array(101).fill(line) }
    expect(faultsOf(completes, flooded, [])).toEqual(['its logs are over the limit'])
    const called = new Array(21).fill({ name: 'cache.get', args: '[]' })
    expect(faultsOf(completes, result, called)).toEqual(['21 calls came through'])
    expect(faultsOf(completes, result, [{ name: '__proto__', args: '{}' }])).toEqual(['a call of __proto__'])
    const failed = ending('script_error', fails)
    const seen = {
      code: 'script_error',
      type: 'Error',
      message: 'so it is at node:fs',
      stack: '',
      retryable: true,
    }
    expect(faultsOf(fails, { ...failed, error: seen }, [])).toHaveLength(1)
  })

  test('is counted where the header counts', () => {
    const counting = given('// hazard: one\n// expect: completed\n// output: 1\n// logs: 1\n// calls: 1')
    expect(faultsOf(counting, ending('completed', counting), callsOf(counting))).toEqual([])
    expect(faultsOf(counting, { ...ending('completed', counting), logs: [] }, [])).toHaveLength(2)
    const cut = given('// hazard: one\n// expect: timeout\n// logs: cut')
    expect(faultsOf(cut, { ...ending('timeout', cut), logsTruncated: false }, [])).toEqual([
      'its logs are not cut',
    ])
  })
})

describe('a header', () => {
  test.for([
    ['nothing', ''],
    ['no end', '// hazard: one'],
    ['nothing that it tries', '// expect: timeout'],
    ['an end that there is not', '// hazard: one\n// expect: anything'],
    ['an end twice', '// hazard: one\n// expect: timeout\n// expect: cpu_limit'],
    ['no output', '// hazard: one\n// expect: completed'],
    ['an output that is not JSON', '// hazard: one\n// expect: completed\n// output: contained'],
    ['no message', '// hazard: one\n// expect: script_error'],
    ['a field that there is not', '// hazard: one\n// expect: timeout\n// isolations: realm'],
    ['an isolation that there is not', '// hazard: one\n// expect: timeout\n// isolation: realm, none'],
    ['a limit that there is not', '// hazard: one\n// expect: timeout\n// limits: {"wallTimeMs": 1}'],
    ['limits that are not JSON', '// hazard: one\n// expect: timeout\n// limits: wallMs 1'],
    ['a count that is none', '// hazard: one\n// expect: timeout\n// calls: some'],
    ['an empty finding', '// hazard: one\n// expect: timeout\n// check:'],
    ['answers that there are not', '// hazard: one\n// expect: timeout\n// answers: sometimes'],
  ])('with %s is refused', ([, header = '']) => {
    expect(() => readHazard('kind', 'name', `${header}\nexport default () => 1\n`)).toThrow()
  })

  test('may go on in a line that is indented', () => {
    const source = '// hazard: one\n//   and more\n// expect: timeout\n// isolation: realm, isolate\n'
    const { tries, isolations } = readHazard('kind', 'name', source)
    expect([tries, isolations]).toEqual(['one and more', ['realm', 'isolate']])
  })
})
