import { writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

import { givenTenant } from '../support/given-tenant.ts'
import { useCli } from '../support/use-cli.ts'

const cli = useCli()
/** Of what did not run as well. */
const figures = {
  startMs: expect.any(Number),
  durationMs: expect.any(Number),
  cpuMs: expect.any(Number),
  peakHeapBytes: expect.any(Number),
  hostCalls: 0,
}
const metrics = {
  ...figures,
  seed: expect.stringMatching(/^[0-9a-f]{32}$/),
  startedAt: expect.any(Number),
}
let files = 0
const exec = (source: string, ...args: string[]) => {
  files += 1
  return cli.here(['exec', cli.file(`script-${files}.js`, source), '--json', ...args])
}

describe('exec', () => {
  test('runs a file and prints the five parts of its result, and nothing else', async () => {
    const file = cli.file(
      'double.js',
      "export default (input, context) => { console.log('n', input.n); return [input.n * 2, context.trigger.type] }",
    )
    const { code, json, stderr } = await cli(['exec', file, '--json', '--input', '{"n": 21}'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(json).toEqual({
      status: 'completed',
      output: [42, 'manual'],
      error: null,
      logs: [{ level: 'info', at: expect.any(Number), message: 'n 21' }],
      metrics,
    })
  })

  test('runs TypeScript by its file name', async () => {
    const file = cli.file('typed.ts', 'export default (input: { n?: number }): number => input.n ?? 7')
    expect((await cli.here(['exec', file, '--json'])).json).toMatchObject({ status: 'completed', output: 7 })
  })

  test('reads standard input, and an output larger than a pipe is whole', async () => {
    const source = 'export default () => "x".repeat(900000)'
    const { code, json } = await cli(['exec', '-', '--json'], { stdin: source })
    expect({ code, length: json.output.length }).toEqual({ code: 0, length: 900_000 })
  })

  test('finds out the language of standard input', async () => {
    const source = 'export default (input: { n?: number }): number => input.n ?? 7'
    const { json } = await cli(['exec', '-', '--json'], { stdin: source })
    expect(json).toMatchObject({ status: 'completed', output: 7 })
  })

  test('runs a file of whatever name, and shows errors under it', async () => {
    for (const name of [
      ' a b.js',
      'x.js',
      'with\nbreak.js',
      `${'long'.repeat(60)}.js`,
      'a:1:2.js',
      'Цены 😀.ts',
    ]) {
      const file = cli.file(name, 'export default () => null.x')
      const { json } = await cli.here(['exec', file, '--json'])
      expect([name, json.error.line, json.error.column]).toEqual([name, 1, 27])
      expect(json.error.stack).toContain(`(${name.replace('\n', '\ufffd')}:1:27)`)
    }
  })

  test('refuses a file that is no text in UTF-8, instead of running what nobody wrote', async () => {
    const file = cli.file('latin1.js', '')
    writeFileSync(file, Buffer.from('export default () => "caf\xe9"', 'latin1'))
    const { code, json } = await cli.here(['exec', file, '--json'])
    expect([code, json.error.message]).toEqual([
      2,
      `exec: ${file} is no text in UTF-8. Save it in that encoding.`,
    ])
  })

  test('prints for people: logs, output, figures', async () => {
    const { code, stdout } = await cli.here([
      'exec',
      cli.file('people.js', 'export default () => { console.error("oh"); return { a: [1] } }'),
    ])
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /^\[[\d.]+ ms\] error: oh\n\{\n {2}"a": \[\n {4}1\n {2}\]\n\}\n\ncompleted in [\d.]+ ms/,
    )
  })

  test('of a script that throws: exit code 1, and where', async () => {
    const file = cli.file(
      'throws.js',
      'const f = () => {\n  throw new RangeError("too far")\n}\nexport default f',
    )
    const { code, json } = await cli.here(['exec', file, '--json'])
    expect(code).toBe(1)
    expect(json).toEqual({
      status: 'failed',
      output: null,
      error: expect.objectContaining({
        code: 'script_error',
        type: 'RangeError',
        message: 'too far',
        line: 2,
        sourceLine: '  throw new RangeError("too far")',
        stack: expect.stringContaining('throws.js:2'),
      }),
      logs: [],
      metrics,
    })
    expect(JSON.stringify(json)).not.toContain(cli.directory)
    const { stdout } = await cli.here(['exec', file])
    expect(stdout).toMatch(/^RangeError: too far {2}\[script_error\]\n {2}2 \| {3}throw new RangeError/)
  })

  test('of an error with a cause, for people: both, and nothing that a terminal would obey', async () => {
    const source = [
      'export default () => {',
      "\tconst cause = new TypeError('why\\u001b]0;title\\u0007')",
      "\tthrow new Error('outer', { cause })",
      '}',
    ]
    const { stdout } = await cli.here(['exec', cli.file('cause.js', source.join('\n'))])
    expect(stdout.split('\n').slice(0, 8)).toEqual([
      'Error: outer  [script_error]',
      "  3 | \tthrow new Error('outer', { cause })",
      '      \t      ^',
      '    at default (cause.js:3:8)',
      '  Caused by TypeError: why\ufffd]0;title\ufffd  [script_error]',
      `    2 | ${source[1]}`,
      '        \t              ^',
      '      at default (cause.js:2:16)',
    ])
  })

  test('of a syntax error: exit code 1, the line and a caret', async () => {
    const file = cli.file('syntax.js', 'export default () => {\n  return (1\n}\n')
    const { code, json } = await cli.here(['exec', file, '--json'])
    expect(code).toBe(1)
    expect(Object.keys(json)).toEqual(['status', 'output', 'error', 'logs', 'metrics'])
    expect(json).toMatchObject({
      status: 'failed',
      output: null,
      error: { code: 'script_rejected', type: 'SyntaxError', line: 3, sourceLine: '}' },
      logs: [],
      metrics: { ...figures, durationMs: 0 },
    })
  })

  test('of a script without a default export, and of an empty one', async () => {
    for (const source of ['export const a = 1', '']) {
      const { code, json } = await exec(source)
      expect({ code, rejected: json.error.code }).toEqual({ code: 1, rejected: 'script_rejected' })
    }
  })

  test('of limits, under either spelling', async () => {
    const endless = 'export default () => { for (;;); }'
    const [wall, cpu, logs] = [
      await exec('export default () => new Promise(() => {})', '--limits', '{"wallTimeMs": 200}'),
      await exec(endless, '--limits', '{"cpu_time_ms": 100}'),
      await exec(
        'export default () => { for (let i = 0; i < 9; i += 1) console.log(i) }',
        '--limits',
        '{"logLines": 3}',
      ),
    ]
    expect({ code: wall.code, ...wall.json }).toMatchObject({
      code: 1,
      status: 'timeout',
      error: { code: 'timeout' },
    })
    expect({ code: cpu.code, ...cpu.json }).toMatchObject({
      code: 1,
      status: 'failed',
      error: { code: 'cpu_limit' },
    })
    expect(logs.json.status).toBe('completed')
    expect(logs.json.logs.length).toBeLessThanOrEqual(4)
  })

  test.each([
    ['{"wall_time": 5}', 'limits.wall_time', /there is no such limit/],
    ['{"memoryMb": 1}', 'limits.memory_mb', /whole number from 16 to 512/],
    ['{"memory_mb": 1e9}', 'limits.memory_mb', /whole number from 16 to 512/],
    ['{"memory_mb": 32.5}', 'limits.memory_mb', /whole number/],
    ['{"memory_mb": "32"}', 'limits.memory_mb', /whole number/],
    ['[]', 'limits', /must be an object/],
    ['null', 'limits', /must be an object/],
  ])('refuses limits that cannot be: %s', async (limits, field, message) => {
    const { code, json } = await exec('export default () => 1', '--limits', limits)
    expect(code).toBe(2)
    expect(json.error).toMatchObject({
      code: 'invalid_limit',
      field,
      message: expect.stringMatching(message),
    })
  })

  test('as a tenant: its key and its limits', async () => {
    const { key } = await givenTenant(cli.database, { limits: { memory_mb: 64 } })
    const { json } = await exec('export default (input, context) => context.tenant.key', '--tenant', key)
    expect(json.output).toBe(key)
    const refused = await exec('export default () => 1', '--tenant', key, '--limits', '{"memory_mb": 128}')
    expect({ code: refused.code, ...refused.json.error }).toMatchObject({
      code: 'invalid_limit',
      message: expect.stringContaining('from 16 to 64'),
    })
  })

  test('as no tenant, where there is none', async () => {
    const { json } = await exec('export default (input, context) => context.tenant.key')
    expect(json.output).toBe('none')
  })

  test('as a tenant that is not there: exit code 3, and how to make it', async () => {
    const { code, json } = await exec('export default () => 1', '--tenant', 'nobody')
    expect(code).toBe(3)
    expect(json.error).toEqual({
      code: 'tenant_not_found',
      field: 'tenant',
      message: 'There is no tenant with the key "nobody"; `pgscript tenant create KEY` makes one.',
    })
  })

  test('leaves nothing behind in the database', async () => {
    await exec('export default () => 1')
    const { rows } = await cli.database.owner.query('select from pgscript.executions')
    expect(rows).toEqual([])
  })
})
