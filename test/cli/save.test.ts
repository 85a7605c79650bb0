import { describe, expect, test } from 'vitest'

import { asOwner } from '../support/call.ts'
import { givenTenant } from '../support/given-tenant.ts'
import { useCli } from '../support/use-cli.ts'

const cli = useCli()
const save = (file: string, tenant: { key: string }, ...more: string[]) =>
  cli.here(['save', file, '--tenant', tenant.key, '--json', ...more])

describe('save', () => {
  test('saves a file as a script of its name, and as the next version of it', async () => {
    const tenant = await givenTenant(cli.database)
    const file = cli.file('greet.ts', 'export default (input: { name: string }): string => input.name')
    expect(await save(file, tenant)).toMatchObject({
      code: 0,
      json: { saved: true, name: 'greet', version: 1, state: 'accepted', findings: [], active: false },
    })
    const schema = cli.file('schema.json', '{"type": "object"}')
    const again = await save(
      file,
      tenant,
      ...[
        '--type',
        'embedded',
        '--description',
        'Greets',
        '--message',
        'As a library',
        '--config',
        '{"a": 1}',
      ],
      ...['--input-schema', schema, '--base-version', '1', '--activate'],
    )
    expect(again).toMatchObject({ code: 0, json: { saved: true, version: 2, active: true } })
    const [row] = await asOwner(cli.database, 'select * from pgscript.scripts where tenant_id = $1', [
      tenant.id,
    ])
    expect(row).toMatchObject({
      name: 'greet',
      language: 'typescript',
      type: 'embedded',
      description: 'Greets',
      change_description: 'As a library',
      config: { a: 1 },
      input_schema: { type: 'object' },
      output_schema: null,
      status: 'active',
      active_version: 2,
    })
  })

  test('finds out the language of standard input', async () => {
    const tenant = await givenTenant(cli.database)
    const args = ['save', '-', '--name', 'typed', '--tenant', tenant.key, '--activate', '--json']
    const stdin = 'export default (input: { n: number }): number => input.n'
    expect(await cli(args, { stdin })).toMatchObject({ code: 0, json: { state: 'accepted', active: true } })
    const [row] = await asOwner(cli.database, 'select language from pgscript.scripts where tenant_id = $1', [
      tenant.id,
    ])
    expect(row).toEqual({ language: 'typescript' })
  })

  test('shows what the check found, and saves nothing that it rejects', async () => {
    const tenant = await givenTenant(cli.database)
    const file = cli.file('broken.js', 'export default () => {\n  return )\n}')
    const { code, stdout } = await cli.here(['save', file, '--tenant', tenant.key])
    expect(code).toBe(1)
    expect(stdout).toBe(
      [
        'broken:2:10: error: Unexpected ")".  [syntax_error]',
        '  2 |   return )',
        '               ^',
        'Not saved: the check rejects it. Correct it, or keep it as a draft with --force.',
        '',
      ].join('\n'),
    )
    expect(
      await asOwner(cli.database, 'select from pgscript.scripts where tenant_id = $1', [tenant.id]),
    ).toEqual([])
    expect(await save(file, tenant, '--force', '--activate')).toMatchObject({
      code: 3,
      json: {
        saved: true,
        version: 1,
        state: 'rejected',
        active: false,
        error: { code: 'version_not_accepted' },
      },
    })
  })

  test('judges imports of libraries too', async () => {
    const tenant = await givenTenant(cli.database)
    const file = cli.file('uses.js', "import { a } from 'pgscript:lib/none'\nexport default () => a")
    expect(await save(file, tenant)).toMatchObject({
      code: 1,
      json: { findings: [{ code: 'library_not_found' }] },
    })
  })

  test('blocks what the setting says', async () => {
    const tenant = await givenTenant(cli.database)
    const file = cli.file('mines.js', "export default () => 'stratum+tcp://pool.example.com:3333'")
    expect(await save(file, tenant)).toMatchObject({
      code: 1,
      json: { saved: false, findings: [{ code: 'miner', severity: 'high' }] },
    })
    const environment = { PGSCRIPT_ANALYSIS_BLOCK: 'none' }
    const allowed = await cli.here(['save', file, '--tenant', tenant.key, '--json'], { environment })
    expect(allowed).toMatchObject({
      code: 0,
      json: { saved: true, state: 'accepted', findings: [{ code: 'miner' }] },
    })
  })

  test('refuses a save that is not based on the latest version', async () => {
    const tenant = await givenTenant(cli.database)
    const file = cli.file('based.js', 'export default () => 1')
    await save(file, tenant)
    expect(await save(file, tenant, '--base-version', '2')).toMatchObject({
      code: 3,
      json: { error: { code: 'version_conflict' } },
    })
  })

  test.each<[string, string[], number, string]>([
    ['no file', [], 2, 'give the FILE'],
    ['no tenant', ['x.js'], 2, '--tenant'],
    ['another kind of file', ['x.txt', '-t', 'a'], 2, 'is not a script'],
    ['a file that is not there', ['none.js', '-t', 'a'], 2, 'cannot be read'],
    ['standard input without a name', ['-', '-t', 'a'], 2, '--name'],
    ['an unknown type', ['x.js', '-t', 'a', '--type', 'cron'], 2, '--type'],
    ['a configuration that is no JSON', ['x.js', '-t', 'a', '--config', '{'], 2, '--config'],
    ['a schema that is not there', ['x.js', '-t', 'a', '--input-schema', 'none.json'], 2, 'none.json'],
    ['a version that is no number', ['x.js', '-t', 'a', '--base-version', 'x'], 2, '--base-version'],
  ])('says what is wrong with %s', async (_, args, code, message) => {
    const ended = await cli.here(['save', ...args, '--json'])
    expect(ended).toMatchObject({ code, json: { error: { message: expect.stringContaining(message) } } })
  })

  test('says that there is no such tenant', async () => {
    const file = cli.file('lost.js', 'export default () => 1')
    expect(await save(file, { key: 'nobody' })).toMatchObject({
      code: 3,
      json: { error: { code: 'tenant_not_found' } },
    })
  })
})

test('exec runs a file with the libraries of its tenant', async () => {
  const tenant = await givenTenant(cli.database)
  const library = cli.file('maths.js', 'export const two = 2')
  await save(library, tenant, '--type', 'embedded', '--activate')
  const file = cli.file('main.js', "import { two } from 'pgscript:lib/maths'\nexport default () => two * 2")
  const { json } = await cli.here(['exec', file, '--tenant', tenant.key, '--json'])
  expect(json).toMatchObject({ status: 'completed', output: 4 })
})
