import pg, { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'

import { CallError } from '../../../src/bindings/binding.ts'
import { ScriptSession } from '../../../src/bindings/db/script-session.ts'
import { useDatabase } from '../../support/use-database.ts'
import { type Attack, attacks, everyAttack } from './attacks.ts'
import { everyRow, type GivenShop, givenShop, theirSecret } from './given-shop.ts'
import { useScripts } from './use-scripts.ts'

/** A statement that only takes time need not take the whole of it here. */
const patience = 500

const allowedCodes = new Set([
  'sql_not_allowed',
  'sql_syntax_error',
  'sql_error',
  'sql_timeout',
  'sql_too_complex',
  'sql_too_many_rows',
  'sql_result_too_large',
  'unique_violation',
  'check_violation',
])

describe('hostile SQL', () => {
  const database = useDatabase()
  let shop: GivenShop
  let before: string
  let objects: unknown
  let heard: string[]
  let listener: Client

  beforeAll(async () => {
    shop = await givenShop(database)
    listener = new Client(database.url)
    await listener.connect()
    listener.on('notification', ({ channel }) => heard.push(channel))
    await listener.query('listen orders; listen pgscript_work')
    before = await everyRow(database)
    objects = await everyObject()
  })
  beforeEach(() => {
    heard = []
  })
  afterAll(async () => await listener.end())

  /** What could be left behind: relations, functions, large objects, settings and rights of roles. */
  async function everyObject() {
    const { rows } = await database.owner.query(
      `select (select json_agg(c order by c) from (select relname, relacl::text, reloptions from pg_class where oid > 16384) as c) as relations,
         (select count(*) from pg_proc) as functions, (select count(*) from pg_largeobject_metadata) as large_objects,
         (select count(*) from pg_policy) as policies, (select count(*) from pg_trigger) as triggers,
         (select json_agg(r order by rolname) from (select rolname, rolsuper, rolconfig::text from pg_roles where rolname = $1) as r) as roles`,
      [database.node.roles.script],
    )
    return rows
  }

  /** Nothing of the other tenant was seen. */
  function expectNoSecret(seen: unknown) {
    const text = JSON.stringify(seen, (_, value) =>
      value instanceof Error ? { ...value, message: value.message, cause: undefined } : value,
    )
    expect(text ?? '').not.toContain(theirSecret)
    expect(text ?? '').not.toContain(database.node.capability)
  }

  async function expectNothingChanged() {
    expect(await everyRow(database)).toBe(before)
    expect(await everyObject()).toEqual(objects)
    // A notification of ours comes after all that were sent before.
    await listener.query("select pg_notify('orders', 'end')")
    await expect.poll(() => heard.length).toBeGreaterThan(0)
    expect(heard).toEqual(['orders'])
  }

  const textOf = ({ sql }: Attack) => sql.replaceAll('{theirs}', shop.theirs.key)

  test('is known in more than 150 forms', () => {
    expect(new Set(everyAttack.map(({ sql }) => sql)).size).toBe(everyAttack.length)
    expect(everyAttack.length).toBeGreaterThan(150)
  })

  describe.each([1, 10])('on a pool of %i, is refused or harmless', (connections) => {
    const scripts = useScripts(database, connections)

    test.each(Object.entries(attacks))('%s', async (_, group) => {
      for (const attack of group) {
        const run = scripts.run(shop.ours, { deadline: performance.now() + 20_000 })
        const quick = scripts.run(shop.ours, { deadline: performance.now() + patience })
        // What only takes time is told by what it says of time; the others must not need it.
        const seen = await (isSlow(attack) ? quick : run).query(textOf(attack)).catch((error) => error)
        if (seen instanceof Error) {
          expect(seen, attack.sql).toBeInstanceOf(CallError)
          expect([...allowedCodes, isSlow(attack) ? 'sql_busy' : ''], attack.sql).toContain(
            (seen as CallError).code,
          )
        }
        expectNoSecret(seen)
        expect(JSON.stringify(seen) ?? '').not.toMatch(/[0-9a-f]{64}/)
        // The next one on the connection finds its own rows.
        expect(await scripts.run(shop.theirs).query('select count(*) as n from orders'), attack.sql).toEqual([
          { n: 3 },
        ])
      }
      await expectNothingChanged()
    })
  })

  /** A defence of its own: what the parser let through by mistake meets the rights of the login. */
  describe('past the grammar, meets rights that let nothing through', () => {
    let only: pg.Pool
    beforeAll(() => {
      only = new pg.Pool({ ...database.connections.script, max: 1 })
    })
    afterAll(async () => await only.end())

    test.each(Object.entries(attacks))('%s', async (_, group) => {
      for (const attack of group) {
        const seen = await runUnchecked(attack)
        expectNoSecret(seen)
      }
      await expectNothingChanged()
      expect(await countOf(shop.theirs.id)).toBe(3)
    })

    test("a context copied from another tenant's transaction on the same connection is worth nothing", async () => {
      const stolen = await contextOf(await open(shop.theirs.id))
      const own = await contextOf(await open(shop.ours.id))
      expect(stolen).toContain(shop.theirs.id)
      const forgeries = [
        stolen,
        own,
        own.slice(0, 64) + stolen.slice(64),
        stolen.replace('|||', '|||operator'),
        stolen.slice(65),
        '',
      ]
      for (const forged of forgeries) {
        const session = await open(shop.ours.id)
        await session.run(
          `select set_config('pgscript.context', ${pg.escapeLiteral(forged)}, true)`,
          [],
          options,
        )
        expect((await session.run('select * from orders', [], options)).rows).toEqual([])
        await session.rollback()
      }
    })

    test.each(['commit', 'rollback', 'commit and chain', 'abort'])(
      '%s leaves no tenant',
      async (statement) => {
        const session = await open(shop.ours.id)
        await session.run(statement, [], options)
        expect(
          (await session.run('select count(*) as n from pgscript_shared.orders', [], options)).rows,
        ).toEqual([{ n: 0 }])
        await session.rollback()
      },
    )

    test('the tenant cannot be entered without the capability of a node', async () => {
      for (const guess of ['', 'x', shop.ours.id]) {
        const session = await open(shop.ours.id)
        const asked = session.run(
          'select pgscript_shared.enter_script($1, $2, $3)',
          [shop.theirs.id, 'x', guess],
          options,
        )
        await expect(asked).rejects.toMatchObject({ code: 'sql_error' })
        await session.rollback()
      }
    })

    test('the login can name nothing but what is shared', async () => {
      const { rows } = await database.owner.query(
        `select nspname from pg_namespace where has_schema_privilege($1, oid, 'usage') and nspname !~ '^pg_' order by 1`,
        [database.node.roles.script],
      )
      expect(rows.map(({ nspname }) => nspname)).toEqual(['information_schema', 'pgscript_shared', 'public'])
    })

    const options = { ms: 5_000, signal: new AbortController().signal }

    async function contextOf(session: ScriptSession): Promise<string> {
      const { rows } = await session.run("select current_setting('pgscript.context') as value", [], options)
      await session.rollback()
      return String(rows[0]?.value)
    }

    async function open(tenantId: string): Promise<ScriptSession> {
      const { capability } = database.node
      const entry = {
        tenantId,
        executionId: 'x',
        capability,
        readOnly: false,
        isolation: 'read committed',
      } as const
      return await ScriptSession.open(await only.connect(), entry, () => undefined)
    }

    async function runUnchecked(attack: Attack) {
      const session = await open(shop.ours.id)
      try {
        const result = await session.run(textOf(attack), [], { ...options, ms: patience })
        if (attack.leaves) await session.rollback()
        else await session.commit()
        return result
      } catch (error) {
        await session.rollback()
        return error
      }
    }

    async function countOf(tenantId: string) {
      const session = await open(tenantId)
      const { rows } = await session.run('select count(*) as n from orders', [], options)
      await session.rollback()
      return rows[0]?.n
    }
  })
})

function isSlow({ sql }: Attack): boolean {
  return /100000000\b|recursive|sleep/.test(sql)
}
