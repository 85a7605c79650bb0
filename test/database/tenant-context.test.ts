import pg, { type ClientBase, DatabaseError } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { type Database, transaction } from '../../src/database/database.ts'
import { deregisterNode, registerNode } from '../../src/database/node-registry.ts'
import { asIdentity, type Identity, systemOperator } from '../../src/database/tenant-transaction.ts'
import { givenDraft } from '../support/given-script.ts'
import { type GivenTenant, givenTenant, identityIn, onlyRow } from '../support/given-tenant.ts'
import { useDatabase } from '../support/use-database.ts'

describe('the tenant of a transaction', () => {
  const database = useDatabase()
  /** The node with one connection only: every transaction has the same back end. */
  let single: Database
  let ours: GivenTenant
  let theirs: GivenTenant

  beforeAll(async () => {
    single = { ...database.node, pool: new pg.Pool({ ...database.connections.node, max: 1 }) }
    ours = await givenTenant(database)
    theirs = await givenTenant(database)
    await givenDraft(database, ours)
    await givenDraft(database, theirs)

    stolen.sameBackend = await contextIn(single, identityIn(theirs))
    stolen.operator = await contextIn(single, systemOperator)
    expect(stolen.sameBackend).toMatch(new RegExp(`^[0-9a-f]{64}\\.${theirs.id}\\|`))
    expect(stolen.operator).toMatch(/^[0-9a-f]{64}\..*operator/)
  })
  afterAll(async () => await single.pool.end())

  const contextOf = async (client: ClientBase): Promise<string> => {
    const { rows } = await client.query(
      "select coalesce(current_setting('pgscript.context', true), '') as value",
    )
    return onlyRow(rows).value
  }
  const contextIn = async (on: Database, identity: Identity) => await asIdentity(on, identity, contextOf)

  /** Every tenant that a session has access to: by its context, and by the rows it can get at. */
  async function reach(client: ClientBase): Promise<string[]> {
    const { rows: context } = await client.query('select pgscript.current_tenant_id() as id')
    const { rows: operator } = await client.query('select pgscript.is_operator() as is_operator')
    const tenants = context.map(({ id }) => id)
    if (onlyRow(operator).is_operator) tenants.push('every tenant')
    for (const role of [database.node.roles.user, database.node.roles.operator]) {
      await client.query(`set local role ${client.escapeIdentifier(role)}`)
      const { rows } = await client.query(
        'select tenant_id as id from pgscript.scripts union select id from pgscript.tenants',
      )
      tenants.push(...rows.map(({ id }) => id))
    }
    return [...new Set(tenants.filter((id) => id !== null))]
  }

  /** Statements as a hostile session would send them, one after the other, whatever becomes of each. */
  async function tryAll(client: ClientBase, statements: readonly string[]): Promise<unknown[]> {
    const errors: unknown[] = []
    for (const statement of statements) {
      await client.query('savepoint attempt')
      await client.query(statement).catch(async (error) => {
        errors.push(error)
        await client.query('rollback to attempt')
      })
    }
    return errors
  }

  /** Every way to set a value that somebody made up or copied. */
  const waysToSet = (literal: string): string[] => [
    `select set_config('pgscript.context', ${literal}, true)`,
    `select set_config('pgscript.context', ${literal}, false)`,
    `set pgscript.context = ${literal}`,
    `set local pgscript.context = ${literal}`,
    `with forged as materialized (select set_config('pgscript.context', ${literal}, true))
     select * from forged, pgscript.scripts`,
    `do $do$ begin perform set_config('pgscript.context', ${literal}, true); end $do$`,
    `create function pg_temp.forge() returns text language sql set pgscript.context = ${literal}
     as 'select pgscript.current_tenant_id()::text'`,
    `create temporary table seen as select * from pg_temp.forge() as id where id is not null`,
    `update pg_settings set setting = ${literal} where name = 'pgscript.context'`,
  ]

  /** What somebody might put there to get at the other tenant's rows; `own` is the present context. */
  const forgeries: Record<string, (own: string) => Promise<string> | string> = {
    'a payload without a MAC': () => payloadOf(theirs),
    'a payload with a made-up MAC': () => `${'0'.repeat(64)}.${payloadOf(theirs)}`,
    'the other tenant with its own MAC': (own) =>
      `${own.slice(0, 64) || 'f'.repeat(64)}.${payloadOf(theirs)}`,
    'itself as an operator': (own) => own.replace('|||', '|||operator') || `${'a'.repeat(64)}.|||operator||`,
    'a copy from another transaction of the same back end': () => stolen.sameBackend,
    'a copy of an operator from the same back end': () => stolen.operator,
    'a copy from another back end': async () => await contextIn(database.node, identityIn(theirs)),
    'an extended copy': () => `${stolen.sameBackend}|`,
    'a truncated copy': () => stolen.sameBackend.slice(0, -1),
    'a MAC without a payload': () => stolen.sameBackend.slice(0, 65),
    'a copy with the MAC in upper case': () =>
      stolen.sameBackend.slice(0, 64).toUpperCase() + stolen.sameBackend.slice(64),
    nothing: () => '',
  }
  const stolen = { sameBackend: '', operator: '' }
  const payloadOf = (tenant: GivenTenant) => `${tenant.id}||||scripts.read|`

  /** Who tries: in whose context, as which role. */
  type Actor = readonly [who: string, inContext: boolean, role: 'user' | 'operator' | 'node']
  const actors: Actor[] = [
    ['a user', true, 'user'],
    ["a user who took the operators' role", true, 'operator'],
    ['a user who went back to the login', true, 'node'],
    ['the role of users without a context', false, 'user'],
    ['the role of operators without a context', false, 'operator'],
    ['the login of nodes', false, 'node'],
  ]

  async function asActor<T>([, inContext, role]: Actor, work: (client: ClientBase) => Promise<T>) {
    const act = async (client: ClientBase) => {
      await client.query(`set local role ${client.escapeIdentifier(database.node.roles[role])}`)
      return await work(client)
    }
    return inContext ? await asIdentity(single, identityIn(ours), act) : await transaction(single, act)
  }

  describe.each(Object.entries(forgeries))('is not forged with %s', (_, forge) => {
    test.each(actors)('by %s', async (...actor) => {
      const [, inContext] = actor
      const allowed = inContext ? [[], [ours.id]] : [[]]
      for (let way = 0; way < waysToSet('').length; way += 1) {
        await asActor(actor, async (client) => {
          const literal = client.escapeLiteral(await forge(await contextOf(client)))
          const statements = waysToSet(literal)
          // The function of one's own is made by one statement and called by the next.
          await tryAll(client, statements.slice(Math.max(0, way - 1), way + 1))
          expect(allowed).toContainEqual(await reach(client))
          await client.query('reset role')
          const { rows } = await client.query("select to_regclass('pg_temp.seen') is not null as made")
          if (onlyRow(rows).made) {
            const { rows: seen } = await client.query('select id from pg_temp.seen')
            expect(allowed).toContainEqual(seen.map(({ id }) => id))
          }
          throw new Undo()
        }).catch(ignoreUndo)
      }
    })
  })

  test.each(actors)('is not changed by SET, RESET or SET ROLE: %s', async (...actor) => {
    const { user, operator, owner, engine, script, integrator, node } = database.node.roles
    const statements = [
      'reset pgscript.context',
      'reset all',
      'discard temp',
      'set role none',
      'reset role',
      'set session authorization default',
      `set session authorization ${database.node.roles.owner}`,
      "select set_config('session_authorization', 'postgres', false)",
      'set row_security = off',
      'set local session_replication_role = replica',
      ...[user, operator, owner, engine, script, integrator, node, 'pg_read_all_data'].map(
        (role) => `set role ${role}`,
      ),
    ]
    for (const statement of statements) {
      await asActor(actor, async (client) => {
        await tryAll(client, [statement])
        const { rows } = await client.query('select current_user as role, session_user as login')
        expect([node, user, operator]).toContain(onlyRow(rows).role)
        expect(onlyRow(rows).login).toBe(node)
        await client.query('set local row_security = on')
        expect(actor[1] ? [[], [ours.id]] : [[]]).toContainEqual(await reach(client))
        throw new Undo()
      }).catch(ignoreUndo)
    }
  })

  test('is not read past the policies with row security off: that is an error', async () => {
    const attempt = asIdentity(single, identityIn(ours), async (client) => {
      await client.query('set local row_security = off')
      await client.query('select from pgscript.scripts')
    })
    await expect(attempt).rejects.toMatchObject({ code: '42501' })
  })

  test.each(['uuid', 'text', 'jsonb', 'bytea', 'int4', 'int8', 'bool', 'timestamptz'])(
    'is not taken over by a temporary type called %s',
    async (type) => {
      await asIdentity(single, identityIn(ours), async (client) => {
        await client.query(
          `create function pg_temp.notice() returns boolean language plpgsql as $$
           begin raise exception 'ran as %', current_user; end $$`,
        )
        await client.query(`create domain pg_temp.${type} as pg_catalog.${type} check (pg_temp.notice())`)
        await client.query('grant execute on function pg_temp.notice() to public')
        const { rows } = await client.query(
          `select pgscript.current_tenant_id() as tenant, pgscript.has_permission('scripts.read') as may,
             pgscript.is_operator() as is_operator, pgscript.current_user_id() as acting_user`,
        )
        expect(rows).toEqual([{ tenant: ours.id, may: true, is_operator: false, acting_user: null }])
        await client.query(
          "select pgscript.save_script(null, 'from a hostile session', 'export default () => 1')",
        )
        throw new Undo()
      }).catch(ignoreUndo)
    },
  )

  test('is not changed by functions and tables that hide the built-in ones', async () => {
    await asIdentity(single, identityIn(ours), async (client) => {
      await client.query(`create function pg_temp.current_setting(text, boolean) returns text language sql
        as $$ select '${stolen.sameBackend}' $$`)
      await client.query(`create function pg_temp.sha256(bytea) returns bytea language sql as 'select $1'`)
      await client.query(
        `create temporary table context_keys (id smallint, inner_pad bytea, outer_pad bytea)`,
      )
      await client.query('set local search_path = pg_temp, pg_catalog, pgscript')
      expect(await reach(client)).toEqual([ours.id])
      throw new Undo()
    }).catch(ignoreUndo)
  })

  test('holds in parallel plans', async () => {
    const { rows: version } = await database.owner.query(
      "select current_setting('server_version_num')::int as number",
    )
    const force = onlyRow(version).number >= 160_000 ? 'debug_parallel_query' : 'force_parallel_mode'
    const seen = await asIdentity(single, identityIn(ours), async (client) => {
      await client.query(`set local ${force} = on`)
      return (await client.query('select tenant_id from pgscript.scripts')).rows
    })
    expect(seen).toEqual([{ tenant_id: ours.id }])
  })

  test('is that of the transaction in which a prepared statement runs, not of the one that prepared it', async () => {
    const run = async (client: ClientBase) =>
      (await client.query('execute seen')).rows.map(({ tenant_id }) => tenant_id)
    // Six runs: from the sixth on PostgreSQL may use one plan for all.
    await asIdentity(single, identityIn(theirs), async (client) => {
      await client.query('prepare seen as select tenant_id from pgscript.scripts')
      for (let time = 0; time < 6; time += 1) expect(await run(client)).toEqual([theirs.id])
    })
    expect(await asIdentity(single, identityIn(ours), run)).toEqual([ours.id])
    const withoutContext = transaction(single, async (client) => {
      await client.query(`set local role ${single.roles.user}`)
      return await run(client)
    })
    expect(await withoutContext).toEqual([])
    await single.pool.query('deallocate seen')
  })

  test('binds a cursor that is kept past the end to what its own transaction could see', async () => {
    await asIdentity(single, identityIn(ours), async (client) => {
      await client.query('declare kept cursor with hold for select tenant_id from pgscript.scripts')
    })
    await transaction(single, async (client) => {
      await client.query(`set local role ${single.roles.user}`)
      await client.query('declare early cursor with hold for select tenant_id from pgscript.scripts')
    })
    await asIdentity(single, identityIn(theirs), async (client) => {
      expect((await client.query('fetch all from kept')).rows).toEqual([{ tenant_id: ours.id }])
      expect((await client.query('fetch all from early')).rows).toEqual([])
    })
    await single.pool.query('close all')
  })

  test('comes and goes with savepoints, and never becomes another', async () => {
    await transaction(single, async (client) => {
      await client.query('savepoint before')
      await client.query('select pgscript_engine.enter($1, null, $2, $3)', [
        ours.id,
        ['scripts.read'],
        single.capability,
      ])
      await client.query('savepoint within')
      await client.query("select set_config('pgscript.context', $1, true)", [stolen.sameBackend])
      expect(await reachAndReturn(client)).toEqual([])
      await client.query('rollback to within')
      expect(await reachAndReturn(client)).toEqual([ours.id])
      await client.query('rollback to before')
      expect(await reachAndReturn(client)).toEqual([])
    })
  })
  async function reachAndReturn(client: ClientBase) {
    await client.query('savepoint reached')
    const tenants = await reach(client)
    await client.query('rollback to reached')
    return tenants
  }

  test.each(['commits', 'fails'])('ends with its transaction when that %s, with its role', async (how) => {
    await asIdentity(single, identityIn(ours), async (client) => {
      expect(await contextOf(client)).not.toBe('')
      if (how === 'fails') await client.query('select 1/0')
    }).catch((error) => expect(error).toMatchObject({ code: '22012' }))

    const { rows } = await single.pool.query(
      `select current_user as role, coalesce(current_setting('pgscript.context', true), '') as context,
         pgscript.current_tenant_id() as tenant, pgscript.current_user_id() as acting_user,
         pgscript.is_operator() as is_operator, pgscript.has_permission('scripts.read') as may`,
    )
    expect(rows).toEqual([
      {
        role: single.roles.node,
        context: '',
        tenant: null,
        acting_user: null,
        is_operator: false,
        may: false,
      },
    ])
  })

  describe('is opened', () => {
    const enterWith = async (capability: string | null) =>
      await transaction(single, async (client) => {
        await client.query("select pgscript_engine.enter($1, null, '{}', $2)", [ours.id, capability])
        return await reach(client)
      })
    const refused = { code: 'capability_refused', status: 403 }

    test('with the capability of a registered node, and no other', async () => {
      expect(await enterWith(single.capability)).toEqual([ours.id])
      for (const wrong of ['', null, 'x', `${single.capability}x`, single.capability.slice(1)])
        await expect(enterWith(wrong)).rejects.toMatchObject(refused)
    })

    test('no more with the capability of a node that stopped, or registered anew', async () => {
      const other = { ...database.node, nodeId: 'other', capability: 'of another node' }
      await registerNode(other, [], database.installationKey)
      expect(await enterWith('of another node')).toEqual([ours.id])
      await registerNode({ ...other, capability: 'its second one' }, [], database.installationKey)
      await expect(enterWith('of another node')).rejects.toMatchObject(refused)
      expect(await enterWith('its second one')).toEqual([ours.id])
      await deregisterNode(other)
      await expect(enterWith('its second one')).rejects.toMatchObject(refused)
    })

    test("by nobody who knows only the login: registering needs the installation's key", async () => {
      const rogue = { ...database.node, nodeId: 'rogue', capability: 'made up' }
      for (const key of ['', 'guessed', database.installationKey.slice(0, -1)])
        await expect(registerNode(rogue, [], key)).rejects.toMatchObject({
          code: 'installation_key_refused',
          status: 403,
        })
      await expect(enterWith('made up')).rejects.toMatchObject(refused)
    })

    test.each(['user', 'operator'] as const)('not by the role %s, whatever it knows', async (role) => {
      for (const statement of [
        `select pgscript_engine.enter('${theirs.id}', null, '{}', '${single.capability}')`,
        `select pgscript_engine.register_node('rogue', '1', '{}', '${database.installationKey}', 'made up')`,
      ]) {
        const attempt = asIdentity(single, identityIn(ours), async (client) => {
          await client.query(`set local role ${single.roles[role]}`)
          await client.query(statement)
        })
        await expect(attempt).rejects.toMatchObject({ code: '42501' })
      }
    })

    test('with fields that cannot be mistaken for each other', async () => {
      for (const [permissions, address] of [
        [['scripts.read|'], null],
        [[], '10.0.0.1|'],
      ])
        await expect(
          single.pool.query('select pgscript_engine.enter($1, null, $2, $3, false, null, $4)', [
            ours.id,
            permissions,
            single.capability,
            address,
          ]),
        ).rejects.toMatchObject({ constraint: 'invalid_context' })
    })
  })

  test('is out of reach for the login of scripts', async () => {
    const script = new pg.Pool({ ...database.connections.script, max: 1 })
    try {
      const statements = [
        ...waysToSet(`'${stolen.sameBackend}'`).slice(0, 4),
        `set role ${database.node.roles.user}`,
        `set role ${database.node.roles.node}`,
      ]
      for (const statement of statements) {
        const client = await script.connect()
        await client.query('begin')
        await tryAll(client, [statement])
        const { rows } = await client.query('select current_user as role')
        expect(rows).toEqual([{ role: database.node.roles.script }])
        for (const read of ['select from pgscript.scripts', 'select pgscript.current_tenant_id()']) {
          await client.query('savepoint reading')
          await expect(client.query(read)).rejects.toMatchObject({ code: '42501' })
          await client.query('rollback to reading')
        }
        await client.query('rollback')
        client.release(true)
      }
    } finally {
      await script.end()
    }
  })

  test('is signed with keys that no runtime role gets at', async () => {
    const script = new pg.Pool({ ...database.connections.script, max: 1 })
    const reads = [
      'select from pgscript_private.context_keys',
      "select pgscript_private.context_mac('x')",
      'select pgscript_private.verified_context()',
      'copy pgscript_private.context_keys to stdout',
    ]
    try {
      for (const read of reads) {
        const attempt = async (client: ClientBase) => void (await client.query(read))
        await expect(asIdentity(single, identityIn(ours), attempt)).rejects.toMatchObject({ code: '42501' })
        await expect(asIdentity(single, systemOperator, attempt)).rejects.toMatchObject({ code: '42501' })
        await expect(single.pool.query(read)).rejects.toMatchObject({ code: '42501' })
        await expect(script.query(read)).rejects.toMatchObject({ code: '42501' })
      }
    } finally {
      await script.end()
    }
  })

  test('and its secrets are in no error message', async () => {
    const errors: unknown[] = []
    await asIdentity(single, identityIn(ours), async (client) => {
      const own = await contextOf(client)
      errors.push(
        ...(await tryAll(client, [
          ...waysToSet(client.escapeLiteral(own.replace(ours.id, theirs.id))),
          'select 1/0 from pgscript.scripts',
          'select (pgscript.current_tenant_id()::text || source)::int from pgscript.scripts',
          `select pgscript.save_script('${theirs.key}', 'theirs', 'x')`,
          `select pgscript.execute_script('${theirs.key}', 'theirs')`,
          `select pgscript.save_script(null, 'x', 'y')`,
          'select from pgscript_private.context_keys',
        ])),
      )
      throw new Undo()
    }).catch(ignoreUndo)
    const calls: [string, unknown[]][] = [
      ["select pgscript_engine.enter($1, null, '{}', $2)", [theirs.id, `${single.capability}x`]],
      ['select pgscript_engine.enter($1, null, $2, $3)', [ours.id, ['|'], single.capability]],
      ["select pgscript_engine.register_node('x', '1', '{}', $1, 'y')", [`${database.installationKey}x`]],
      [
        "select pgscript_engine.register_node(null, '1', '{}', $1, $2)",
        [database.installationKey, single.capability],
      ],
    ]
    for (const [text, values] of calls)
      await single.pool.query(text, values).catch((error) => errors.push(error))

    expect(errors.length).toBeGreaterThan(8)
    const said = errors.map((error) => {
      expect(error).toBeInstanceOf(DatabaseError)
      return JSON.stringify({ ...(error as DatabaseError), message: (error as DatabaseError).message })
    })
    for (const text of said) {
      expect(text).not.toMatch(/[0-9a-f]{32}/)
      expect(text).not.toContain(single.capability)
      expect(text).not.toContain(database.installationKey)
      expect(text).not.toContain(theirs.id)
    }
  })
})

/** Ends a transaction that leaves nothing behind. */
class Undo extends Error {}

function ignoreUndo(error: unknown) {
  if (!(error instanceof Undo)) throw error
}
