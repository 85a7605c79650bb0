import { beforeEach, describe, expect, test } from 'vitest'

import { asOwner } from '../support/call.ts'
import { type GivenTenant, givenTenant } from '../support/given-tenant.ts'
import { useDatabase } from '../support/use-database.ts'
import { useScriptRunner } from '../support/use-script-runner.ts'

const database = useDatabase()
const runner = useScriptRunner(database)
let tenant: GivenTenant

beforeEach(async () => {
  tenant = await givenTenant(database)
})

const library = (name: string, source: string) => runner.provide(tenant, name, source, { type: 'embedded' })
const script = (source: string, name = 'main') => runner.save(tenant, name, source)
const outputOf = async (source: string) => {
  const saved = await script(source)
  expect(saved.findings).toEqual([])
  const { output, error } = await runner.run(saved)
  expect(error).toBeNull()
  return JSON.parse(output ?? 'null')
}
const refusalOf = async (source: string, name?: string) => {
  const { state, findings } = await script(source, name)
  expect(state).toBe('rejected')
  return findings[0]
}

describe('a library', () => {
  test('gives its named, default and all exports to a script', async () => {
    await library('pricing', 'export const rate = 0.2\nexport default (net) => net * (1 + rate)')
    const source = `import gross, { rate as r } from 'pgscript:lib/pricing'
      import * as all from 'pgscript:lib/pricing'
      export default () => [gross(100), r, Object.keys(all).sort(), Object.isFrozen(all)]`
    expect(await outputOf(source)).toEqual([120, 0.2, ['default', 'rate'], true])
  })

  test('may be TypeScript, import others, and use what scripts use', async () => {
    await library(
      'base',
      "import { log } from 'pgscript'\nexport const one = () => { log.info('in base'); return 1 }",
    )
    await runner.provide(
      tenant,
      'typed',
      "import { one } from 'pgscript:lib/base'\nexport const two = (x: number): number => one() + x",
      { type: 'embedded', language: 'typescript' },
    )
    expect(await outputOf("import { two } from 'pgscript:lib/typed'\nexport default () => two(1)")).toBe(2)
  })

  test('is evaluated once an execution, however many import it, and anew in the next', async () => {
    await library('counter', 'let count = 0\nexport const next = () => (count += 1)')
    await library('user', "import { next } from 'pgscript:lib/counter'\nexport const viaUser = next")
    const saved = await script(
      `import { next } from 'pgscript:lib/counter'
       import { viaUser } from 'pgscript:lib/user'
       export default () => [next(), viaUser(), next()]`,
    )
    expect(JSON.parse((await runner.run(saved)).output ?? '')).toEqual([1, 2, 3])
    expect(JSON.parse((await runner.run(saved)).output ?? '')).toEqual([1, 2, 3])
  })

  test('passes on what it re-exports', async () => {
    await library('deep', 'export const a = 1\nexport const b = 2\nexport default 3')
    await library(
      'front',
      `export { a as first, default as third } from 'pgscript:lib/deep'
       export * from 'pgscript:lib/deep'
       export * as deep from 'pgscript:lib/deep'
       export const b = 'own'`,
    )
    const source = `import { first, third, a, b, deep } from 'pgscript:lib/front'
      export default () => [first, third, a, b, deep.b]`
    expect(await outputOf(source)).toEqual([1, 3, 1, 'own', 2])
    const finding = await refusalOf("import main from 'pgscript:lib/front'\nexport default main", 'second')
    expect(finding).toMatchObject({ code: 'unknown_import_name', line: 1, column: 8 })
  })

  test('with a default function can be executed too', async () => {
    const saved = await library('both', 'export const two = 2\nexport default ({ n }) => n * two')
    expect(await runner.run(saved, { n: 4 })).toMatchObject({ status: 'completed', output: '8' })
  })

  test('names its own file, line and source line where it throws', async () => {
    await library('risky', '// a comment\nexport function burst() {\n  throw new TypeError("at risk")\n}')
    const saved = await script(
      "import { burst } from 'pgscript:lib/risky'\n\n\nexport default function main() {\n  burst()\n}",
    )
    const { error } = await runner.run(saved)
    expect(error).toMatchObject({
      type: 'TypeError',
      line: 3,
      column: 9,
      sourceLine: '  throw new TypeError("at risk")',
      caret: '        ^',
      file: 'risky.js',
    })
    expect(error?.stack.split('\n')).toEqual([
      'TypeError: at risk',
      '    at burst (risky.js:3:9)',
      '    at main (main.js:5:3)',
    ])
  })

  test("is not named where the line is the script's own", async () => {
    await library('calm', 'export const a = 1')
    const saved = await script("import { a } from 'pgscript:lib/calm'\nexport default () => a.b.c")
    const { error } = await runner.run(saved)
    expect(error).toMatchObject({ line: 2, column: 26 })
    expect(error).not.toHaveProperty('file')
  })

  test('names them in a logged error too', async () => {
    await library('risky', '\nexport function burst() {\n  throw new TypeError("at risk")\n}')
    const saved = await script(
      "import { burst } from 'pgscript:lib/risky'\nexport default function main() {\n  try { burst() } catch (error) { console.error(error) }\n}",
    )
    const { logs } = await runner.run(saved)
    expect(logs[0]?.message.split('\n')).toEqual([
      'TypeError: at risk',
      '    at burst (risky.js:3:9)',
      '    at main (main.js:3:9)',
    ])
  })

  test("is not another tenant's", async () => {
    await library('mine', 'export const a = 1')
    const other = await givenTenant(database)
    const { findings } = await runner.save(
      other,
      'main',
      "import { a } from 'pgscript:lib/mine'\nexport default () => a",
    )
    expect(findings).toMatchObject([{ code: 'library_not_found', severity: 'error', line: 1 }])
  })
})

describe('an import is refused', () => {
  const uses = (name: string, names = '{ a }') =>
    `import ${names} from 'pgscript:lib/${name}'\nexport default () => 1`

  test('of a script that is not there', async () => {
    expect(await refusalOf(uses('nothing'))).toMatchObject({ code: 'library_not_found' })
  })

  test('of one that has no active version, and says to activate it', async () => {
    await runner.save(tenant, 'draft', 'export const a = 1', { type: 'embedded' })
    expect(await refusalOf(uses('draft'))).toMatchObject({
      code: 'library_not_active',
      message: expect.stringContaining('Activate a version'),
    })
  })

  test('of one of another type', async () => {
    await runner.provide(tenant, 'job', 'export const a = 1\nexport default () => 1')
    expect(await refusalOf(uses('job'))).toMatchObject({ code: 'library_not_embedded' })
  })

  test('of a name that it does not export, and lists those it does', async () => {
    await library('small', 'export const b = 1\nexport const c = 2')
    expect(await refusalOf(uses('small'))).toMatchObject({
      code: 'unknown_import_name',
      message: "'small' (version 1) has no export 'a'. It has: b, c.",
      line: 1,
      column: 10,
    })
  })

  test('of itself, directly and by way of another', async () => {
    await library('first', 'export const a = 1')
    await library('second', "import { a } from 'pgscript:lib/first'\nexport const b = a")
    const again = (source: string) => runner.save(tenant, 'first', source, { type: 'embedded' })
    expect((await again(`${uses('first')}\nexport const c = 1`)).findings[0]).toMatchObject({
      code: 'library_cycle',
    })
    expect((await again(`${uses('second', '{ b }')}\nexport const c = 1`)).findings[0]).toMatchObject({
      code: 'library_cycle',
    })
  })

  test('of a chain that is too deep', async () => {
    await library('lib0', 'export const a = 0')
    for (let depth = 1; depth < 8; depth += 1) {
      await library(`lib${depth}`, `export { a } from 'pgscript:lib/lib${depth - 1}'`)
    }
    expect(await outputOf("import { a } from 'pgscript:lib/lib7'\nexport default () => a")).toBe(0)
    const { findings } = await runner.save(tenant, 'lib8', "export { a } from 'pgscript:lib/lib7'", {
      type: 'embedded',
    })
    expect(findings).toEqual([])
    await runner.activate(tenant, 'lib8')
    expect(await refusalOf(uses('lib8'), 'deep')).toMatchObject({ code: 'library_limit' })
  })
})

describe('a pin', () => {
  const main = "import { a } from 'pgscript:lib/pinned'\nexport default () => a"
  const next = async (value: number) => {
    await library('pinned', `export const a = ${value}`)
  }

  test('keeps a version with the library that it was saved with; a new version takes the active one', async () => {
    await next(1)
    const old = await script(main)
    await next(2)
    expect((await runner.run(old)).output).toBe('1')
    const fresh = await script(`${main} // changed`)
    expect((await runner.run(fresh)).output).toBe('2')
    expect((await runner.run(old)).output).toBe('1')
  })

  test('is the same after a rollback', async () => {
    await next(1)
    await script(main)
    await next(2)
    await script(`${main} // changed`)
    await asOwner(database, 'select pgscript.rollback_script($1, $2, 1)', [tenant.key, 'main'])
    const [{ id } = { id: '' }] = await asOwner<{ id: string }>(
      database,
      "select id from pgscript.scripts where tenant_id = $1 and name = 'main'",
      [tenant.id],
    )
    const back = { tenantId: tenant.id, id, version: 3, status: '', state: 'accepted' as const, findings: [] }
    expect((await runner.run(back)).output).toBe('1')
  })
})
