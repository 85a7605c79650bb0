import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'

import { loadConfig } from '../src/config.ts'
import { useDatabase } from './support/use-database.ts'

const notOurs = new Set(['node_modules', '.git', '.pgscript', 'package-lock.json'])

/** The text files below a folder of the project, by path. */
function textsBelow(folder: string, extension = ''): Map<string, string> {
  const paths = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (notOurs.has(entry.name) || entry.isSymbolicLink()) return []
    return entry.isDirectory() ? [...textsBelow(path, extension).keys()] : [path]
  })
  return new Map(
    paths.filter((path) => path.endsWith(extension)).map((path) => [path, readFileSync(path, 'utf8')]),
  )
}

describe('imports point one way', () => {
  const copy = mkdtempSync(join(tmpdir(), 'pgscript-arrows-'))
  afterAll(() => rmSync(copy, { recursive: true, force: true }))

  interface Cruise {
    modules: { source: string }[]
    summary: { violations: { from: string; rule: { name: string } }[] }
  }

  function cruise(directory: string): Promise<Cruise> {
    const args = ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'src']
    return new Promise((done, fail) => {
      const program = resolve('node_modules/.bin/depcruise')
      // Its exit code is the number of violations; what it printed is the answer either way.
      execFile(program, args, { cwd: directory, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
        try {
          done(JSON.parse(stdout))
        } catch {
          fail(new Error(stderr, { cause: error }))
        }
      })
    })
  }

  test('in the whole of the source', async () => {
    const { modules, summary } = await cruise('.')
    expect(summary.violations).toEqual([])
    const ours = modules.filter(({ source }) => /^src\/.*\.ts$/.test(source))
    expect(ours.length).toBeGreaterThan(100)
    expect(ours.length).toBe(textsBelow('src', '.ts').size)
  })

  test('and an arrow that points another way is found', async () => {
    for (const name of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json'])
      cpSync(name, join(copy, name))
    for (const name of ['pg', 'pino', 'vitest']) {
      mkdirSync(join(copy, 'node_modules', name), { recursive: true })
      writeFileSync(
        join(copy, 'node_modules', name, 'package.json'),
        `{"name": "${name}", "version": "1.0.0"}`,
      )
      writeFileSync(join(copy, 'node_modules', name, 'index.js'), '')
    }
    const planted = [
      ['src/database/a.ts', '../executor/b.ts', 'database-imports-nothing-above-it'],
      ['src/executor/b.ts', '../http/c.ts', 'executor-imports-nothing-above-it'],
      ['src/http/c.ts', '../sandbox/d.ts', 'only-the-executor-imports-the-sandbox'],
      ['src/sandbox/d.ts', '../errors.ts', 'the-sandbox-stands-alone'],
      ['src/sandbox/e.ts', 'pg', 'the-sandbox-has-no-database'],
      ['src/queue/f.ts', './g.ts', 'no-cycles'],
      ['src/queue/g.ts', './f.ts', undefined],
      ['src/auth/h.ts', 'vitest', 'no-development-packages-in-the-product'],
      ['src/errors.ts', './log.ts', undefined],
      ['src/log.ts', 'pino', undefined],
    ] as const
    for (const [path, imported] of planted) {
      mkdirSync(dirname(join(copy, path)), { recursive: true })
      writeFileSync(join(copy, path), `import * as other from '${imported}'\nexport const used = other\n`)
    }
    writeFileSync(join(copy, 'src/auth/orphan.ts'), 'export const alone = 1\n')
    const { summary } = await cruise(copy)
    const found = summary.violations.map(({ from, rule }) => `${from}: ${rule.name}`)
    for (const [path, , rule] of planted) if (rule) expect(found).toContain(`${path}: ${rule}`)
    expect(found).toContain('src/auth/orphan.ts: no-orphans')
    expect(found.filter((line) => /^src\/(errors|log)\.ts/.test(line))).toEqual([])
  })
})

describe('an object of the database, a file', () => {
  const functions = [...textsBelow('sql/functions', '.sql')]

  test.each(functions)(
    '%s holds the function it is named for, with its comment, owner and revoke',
    (path, text) => {
      const [, schema = '', name = ''] = /functions\/(\w+)\/(\w+)\.sql$/.exec(path) ?? []
      const made = [
        ...text.matchAll(/^create (?:or replace )?(function|procedure|view|table|trigger) ([\w.]+)/gim),
      ]
      expect(made.map(([, kind, object]) => `${kind} ${object}`)).toEqual([`function ${schema}.${name}`])
      expect(text).toMatch(new RegExp(`^comment on function ${schema}\\.${name}\\(`, 'm'))
      expect(text).toMatch(
        new RegExp(`^alter function ${schema}\\.${name}\\(.*\\) owner to pgscript_(engine|owner);$`, 'm'),
      )
      expect(text).toMatch(
        new RegExp(`^revoke all on function ${schema}\\.${name}\\(.*\\) from public;$`, 'm'),
      )
      // What PostgreSQL reads when it is made needs none.
      expect(text).toMatch(/^ {2}set search_path = |^return |^begin atomic$/m)
    },
  )

  test.each([...textsBelow('sql/views', '.sql')])('%s holds the view it is named for', (path, text) => {
    const made = [...text.matchAll(/^create (?:or replace )?(\w+) (\w+)\.(\w+)/gim)]
    expect(made.map(([, kind, , name]) => `${kind} ${name}`)).toEqual([`view ${basename(path, '.sql')}`])
    expect(text).toMatch(/^comment on view /m)
  })

  test.each([...textsBelow('sql/policies', '.sql')])(
    '%s is about the table it is named for',
    (path, text) => {
      const tables = new Set(
        [...text.matchAll(/^(?:create|drop) policy .* on \w+\.(\w+)/gm)].map(([, name]) => name),
      )
      // A default partition may have rows deleted that its parent may not.
      const whole = [...tables].filter((name) => !name?.endsWith('_other'))
      expect(whole).toEqual([basename(path, '.sql')])
    },
  )
})

describe('the installed catalog', () => {
  const database = useDatabase()

  test('has no fault', async () => {
    const { rows } = await database.node.pool.query('select * from pgscript_engine.catalog_faults()')
    expect(rows).toEqual([])
  })

  test('has row-level security, forced, a policy, a file of policies and a comment for every table', async () => {
    const { rows } = await database.owner.query<{ name: string; state: string }>(
      `select class.relname as name, concat_ws(', ',
         case when not class.relrowsecurity then 'no row-level security' end,
         case when not class.relforcerowsecurity then 'not forced' end,
         case when obj_description(class.oid, 'pg_class') is null then 'no comment' end,
         case when not exists (select from pg_policy where polrelid = class.oid) then 'no policy' end) as state
       from pg_class as class
       join pg_namespace as namespace on namespace.oid = class.relnamespace
       where namespace.nspname in ('pgscript', 'pgscript_engine', 'pgscript_private')
         and class.relkind in ('r', 'p')
         -- A part of a table that is written to by itself has a policy of its own.
         and (not class.relispartition or class.relkind = 'p' and exists (select from pg_policy where polrelid = class.oid))`,
    )
    expect(rows.length).toBeGreaterThan(20)
    expect(rows.filter(({ state }) => state !== '')).toEqual([])
    const files = [...textsBelow('sql/policies', '.sql').keys()].map((path) => basename(path, '.sql'))
    expect(rows.map(({ name }) => name).sort()).toEqual(files.sort())
  })
})

describe('the source', () => {
  const source = textsBelow('src')

  test.each(Object.keys(loadConfig({})))('uses the setting %s', (name) => {
    const users = [...source].filter(
      ([path, text]) => path !== 'src/config.ts' && new RegExp(`\\b${name}\\b`).test(text),
    )
    expect(users.length).toBeGreaterThan(0)
  })

  test('reads the environment in config.ts and where a process begins, and nowhere else', () => {
    const readers = [...source].filter(([, text]) => /process\.env\b/.test(text)).map(([path]) => path)
    expect(
      readers.filter(
        (path) =>
          !/^src\/(main\.ts|cli\/launch\.js|sandbox\/parent\/launch\.ts|database\/embedded-\w+\.ts|scripts\/script-service-process\.ts)$/.test(
            path,
          ),
      ),
    ).toEqual([])
  })

  test('has no file of more than 250 lines', () => {
    const long = [...source].filter(([, text]) => text.split('\n').length > 251).map(([path]) => path)
    expect(long).toEqual([])
  })
})

describe('the repository', () => {
  const texts = [...textsBelow('.')].filter(([path]) => path !== 'test/architecture.test.ts')

  test('has nothing left to do in a comment', () => {
    const found = texts.filter(([, text]) => /\b(TODO|FIXME|XXX|HACK)\b/.test(text)).map(([path]) => path)
    expect(found).toEqual([])
  })

  test('knows no path of the machine it was written on', () => {
    const found = texts.filter(([, text]) => /(^|[\s"'`(=:])\/(work|home|root|Users)\//m.test(text))
    expect(found.map(([path]) => path)).toEqual([])
  })
})
