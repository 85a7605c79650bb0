import { describe, expect, test } from 'vitest'

import { loadCommands } from '../../src/cli/commands.ts'
import { packageVersion } from '../../src/database/package-version.ts'
import { useCli } from '../support/use-cli.ts'

const cli = useCli()
const commands = await loadCommands()
/** So that nothing here may pass because a database answered. */
const noDatabase = { environment: { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' } }

describe('help and version', () => {
  test('without a command the help is shown, and the exit code says that something was missing', async () => {
    const { code, stdout, stderr } = await cli([], noDatabase)
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' })
    expect(stdout).toContain('Usage: pgscript <command> [options]')
    for (const { name, summary } of commands)
      expect(stdout).toMatch(new RegExp(`^  ${name} +${summary}$`, 'm'))
  })

  test.each(['help', '--help', '-h'])('%s', async (word) => {
    const { code, stdout } = await cli.here([word], noDatabase)
    expect({ code, isHelp: stdout.includes('Exit codes: 0 done') }).toEqual({ code: 0, isHelp: true })
  })

  test.each(commands.map(({ name }) => name))(
    'of %s, even with settings that cannot be used',
    async (name) => {
      const [asked, flagged] = await Promise.all([
        cli(['help', name], noDatabase),
        cli([name, '--help'], { environment: { PORT: 'x' } }),
      ])
      expect(asked).toMatchObject({ code: 0, stderr: '' })
      expect(asked.stdout).toMatch(new RegExp(`^pgscript ${name}: .+\n\nUsage: pgscript ${name} `))
      expect(flagged).toMatchObject({ code: 0, stderr: '', stdout: asked.stdout })
    },
  )

  test.each(['version', '--version', '-v'])('%s', async (word) => {
    expect(await cli.here([word], noDatabase)).toMatchObject({
      code: 0,
      stdout: `pgscript ${packageVersion}\n`,
      stderr: '',
    })
  })

  test('the version as JSON', async () => {
    expect((await cli(['version', '--json'], noDatabase)).json).toEqual({ version: packageVersion })
  })

  test('help as JSON, also without a command', async () => {
    const { stdout } = await cli.here(['help', 'exec'], noDatabase)
    for (const args of [
      ['help', 'exec'],
      ['exec', '--help'],
    ])
      expect((await cli.here([...args, '--json'], noDatabase)).json).toEqual({ help: stdout.trimEnd() })
    const { code, json } = await cli.here(['--json'], noDatabase)
    expect([code, json.help]).toEqual([2, expect.stringContaining('Usage: pgscript <command>')])
  })
})

describe('arguments that cannot be used: exit code 2, and what to do instead', () => {
  test.each([
    [['nonsense'], 'There is no command "nonsense". `pgscript help` lists them all.'],
    [['help', 'nonsense'], 'There is no command "nonsense". `pgscript help` lists them all.'],
    [['constructor'], 'There is no command "constructor".'],
    [['exec'], 'exec: give the FILE to run.'],
    [['exec', 'a.js', 'b.js'], '"b.js" is one argument too many.'],
    [['exec', 'a.js', '--limit', '{}'], "Unknown option '--limit'"],
    [['exec', 'a.js', '--input'], "exec: Option '"],
    [['exec', 'a.py'], 'a.py is not a script; its name must end in .js, .mjs, .ts or .mts.'],
    [['exec', 'missing.js'], 'missing.js cannot be read (ENOENT'],
    [['exec', '-', '--input', '{'], '--input: is not JSON ('],
    [
      ['exec', '-', '--input', '{"a": [1e999]}'],
      '--input: has a number at "0" beyond what JavaScript can hold',
    ],
    [['--quiet', 'exec', 'missing.js'], 'missing.js cannot be read (ENOENT'],
    [['exec', '-', '--limits', 'wall=1'], '--limits: is not JSON ('],
    [['exec', '-', '--limits', '{"wallTimeMs": 1, "wall_time_ms": 2}'], 'wall_time_ms is given twice'],
    [['run'], 'run: give the NAME of the script.'],
    [['run', 'x', '--wait', 'long'], '--wait: must be a number from 0 to 86400, not "long".'],
    [['run', 'x', '--wait=-1'], '--wait: must be a number from 0 to 86400, not "-1".'],
    [['run', 'x', '--wait', '1e9'], '--wait: must be a number from 0 to 86400, not "1e9".'],
    [['run', 'x', '--priority', '1.5'], '--priority: must be a whole number from -100 to 100, not "1.5".'],
    [['run', 'x', '--priority='], '--priority: must be a whole number from -100 to 100, not "".'],
    [['run', 'x', '--input', 'hello'], '--input: is not JSON ('],
    [['tenant'], 'tenant: say what to do; give one of create, update, suspend, resume, list, key, settings.'],
    [['tenant', 'delete', 'acme'], 'tenant: "delete" is nothing it does; give one of create,'],
    [['tenant', 'toString'], 'tenant: "toString" is nothing it does'],
    [['user', 'ban'], 'user: "ban" is nothing it does; give one of create, set-role, remove, list.'],
    [['init'], 'init: give --tenant KEY, the id of the first tenant.'],
    [['start', '--port', '99999'], '--port: must be a number from 0 to 65535, not "99999".'],
    [['start', '--role', 'http,cook'], '--role: "cook" is not a role; roles are http, executor, scheduler.'],
    [['start', 'now'], '"now" is one argument too many.'],
  ])('%j', async (args, message) => {
    const plain = await cli.here(args, noDatabase)
    const json = await cli.here([...args, '--json'], noDatabase)
    const before = await cli.here(['--json', ...args], noDatabase)
    expect([before.code, before.json.error.code, before.stderr]).toEqual([2, json.json.error.code, ''])
    expect(plain).toMatchObject({ code: 2, stdout: '' })
    expect(plain.stderr).toContain(message)
    expect(plain.stderr).toMatch(/^pgscript: /)
    expect(plain.stderr).not.toMatch(/^ +at /m)
    expect(json).toMatchObject({ code: 2, stderr: '' })
    expect(json.json).toEqual({
      error: expect.objectContaining({
        code: expect.stringMatching(/^[a-z_]+$/),
        message: expect.stringContaining(message),
      }),
    })
  })
})
