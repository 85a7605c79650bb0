import type { PoolClient } from 'pg'
import { describe, expect, test } from 'vitest'

import { as, asOwner, auditOf, givenHostRole } from '../../support/call.ts'
import { findExecution } from '../../support/given-executions.ts'
import { type GivenScript, givenDraft, givenScriptOfItsOwn, judge } from '../../support/given-script.ts'
import { everyPermission, givenTenant, givenUser, identityIn, onlyRow } from '../../support/given-tenant.ts'
import { useDatabase } from '../../support/use-database.ts'
import { countBlocked } from '../../support/use-ledger.ts'

describe('pgscript.execute_script', () => {
  const database = useDatabase()
  const call = 'select pgscript.execute_script($1, $2, $3) as id'
  const execute = async (script: GivenScript, input: unknown = {}) =>
    onlyRow(
      await asOwner<{ id: string }>(database, call, [script.tenant.key, script.name, JSON.stringify(input)]),
    ).id
  const executionsOf = async (script: GivenScript) =>
    await asOwner<{ id: string; status: string; priority: number; input: unknown }>(
      database,
      'select id, status, priority, input from pgscript_engine.live_executions where script_id = $1 order by id',
      [script.id],
    )

  /** Two transactions of the installing role at once; whatever is open at the end is rolled back. */
  async function withClients<T>(work: (first: PoolClient, second: PoolClient) => Promise<T>): Promise<T> {
    const clients = await Promise.all([database.owner.connect(), database.owner.connect()])
    try {
      return await work(...(clients as [PoolClient, PoolClient]))
    } finally {
      for (const client of clients) {
        await client.query('rollback')
        client.release()
      }
    }
  }

  test('puts one run of the active version on the queue', async () => {
    const script = await givenScriptOfItsOwn(database)
    const id = await execute(script, { order: 1 })
    expect(await executionsOf(script)).toEqual([{ id, status: 'pending', priority: 0, input: { order: 1 } }])
    expect(
      await asOwner(database, 'select version, trigger_type from pgscript.executions where id = $1', [id]),
    ).toEqual([{ version: 1, trigger_type: 'api' }])
  })

  test('finds the script by its id as well', async () => {
    const script = await givenScriptOfItsOwn(database)
    await execute({ ...script, name: script.id })
    expect(await executionsOf(script)).toHaveLength(1)
  })

  test('runs once the transaction has committed, and never if it rolls back', async () => {
    const script = await givenScriptOfItsOwn(database)
    await withClients(async (client) => {
      await client.query('begin')
      await client.query(call, [script.tenant.key, script.name, '{}'])
      expect(await executionsOf(script)).toEqual([])
      await client.query('rollback')
      expect(await executionsOf(script)).toEqual([])

      await client.query('begin')
      await client.query(call, [script.tenant.key, script.name, '{}'])
      await client.query('commit')
      expect(await executionsOf(script)).toHaveLength(1)
    })
  })

  describe('with an idempotency key', () => {
    const withKey = 'select pgscript.execute_script($1, $2, $3, idempotency_key => $4) as id'

    test('gives the same execution for the same key, and another for another', async () => {
      const script = await givenScriptOfItsOwn(database)
      const ids = []
      for (const key of ['a', 'a', 'b'])
        ids.push(
          onlyRow(
            await asOwner<{ id: string }>(database, withKey, [script.tenant.key, script.name, '{}', key]),
          ).id,
        )
      expect(ids[1]).toBe(ids[0])
      expect(ids[2]).not.toBe(ids[0])
      expect((await executionsOf(script)).map(({ id }) => id).toSorted()).toEqual(
        [...new Set(ids)].toSorted(),
      )
    })

    test('keeps the keys of tenants apart', async () => {
      const scripts = [await givenScriptOfItsOwn(database), await givenScriptOfItsOwn(database)]
      const ids = []
      for (const script of scripts)
        ids.push(
          onlyRow(
            await asOwner<{ id: string }>(database, withKey, [script.tenant.key, script.name, '{}', 'a']),
          ).id,
        )
      expect(ids[0]).not.toBe(ids[1])
    })

    test.each(['commits', 'rolls back'])(
      'makes a second transaction wait for the first, which %s',
      async (ending) => {
        const script = await givenScriptOfItsOwn(database)
        const values = [script.tenant.key, script.name, '{}', 'the key']
        await withClients(async (first, second) => {
          await first.query('begin')
          const { rows: taken } = await first.query(withKey, values)
          await second.query('begin')
          const waiting = second.query(withKey, values)
          await expect.poll(() => countBlocked(database)).toBe(1)
          await first.query(ending === 'commits' ? 'commit' : 'rollback')
          const { rows: given } = await waiting
          await second.query('commit')
          if (ending === 'commits') expect(given).toEqual(taken)
          else expect(given).not.toEqual(taken)
          expect((await executionsOf(script)).map(({ id }) => id)).toEqual([onlyRow(given).id])
        })
      },
    )

    test('gives one execution to many callers at once', async () => {
      const script = await givenScriptOfItsOwn(database)
      const values = [script.tenant.key, script.name, '{}', 'the key']
      const ids = await Promise.all(
        Array.from(
          { length: 8 },
          async () => onlyRow(await asOwner<{ id: string }>(database, withKey, values)).id,
        ),
      )
      expect(new Set(ids).size).toBe(1)
      expect(await executionsOf(script)).toHaveLength(1)
    })

    test('still names the execution when it has finished', async () => {
      const script = await givenScriptOfItsOwn(database)
      const values = [script.tenant.key, script.name, '{}', 'the key']
      const [first] = await asOwner<{ id: string }>(database, withKey, values)
      await asOwner(
        database,
        `select pgscript_engine.archive_executions(array[$1::uuid], array[$2::uuid], array['cancelled'], array[null::jsonb],
           array[null::jsonb], array['{}'::jsonb], array[null::jsonb])`,
        [script.tenant.id, first?.id],
      )
      expect(await asOwner(database, withKey, values)).toEqual([first])
      expect(await findExecution(database, first?.id ?? '')).toMatchObject({ status: 'cancelled' })
    })
  })

  test.each<[field: string, code: string, argument: string]>([
    ['priority', 'invalid_priority', 'priority => 101'],
    ['priority', 'invalid_priority', 'priority => -101'],
    ['idempotency_key', 'invalid_idempotency_key', "idempotency_key => ''"],
    ['idempotency_key', 'invalid_idempotency_key', "idempotency_key => repeat('x', 201)"],
    ['input', 'input_too_large', "input => jsonb_build_object('text', repeat('x', 1048576))"],
  ])('refuses a wrong %s as %s: %s', async (field, code, argument) => {
    const script = await givenScriptOfItsOwn(database)
    await expect(
      asOwner(database, `select pgscript.execute_script($1, $2, ${argument})`, [
        script.tenant.key,
        script.name,
      ]),
    ).rejects.toMatchObject({
      code,
      field,
      status: 422,
      message: expect.stringMatching(new RegExp(`^${field}: `)),
    })
    expect(await executionsOf(script)).toEqual([])
  })

  test('takes a priority and a moment, from plain SQL', async () => {
    const script = await givenScriptOfItsOwn(database)
    const [row] = await asOwner<{ id: string }>(
      database,
      "select pgscript.execute_script($1, $2, priority => -100, run_at => '2100-01-01Z') as id",
      [script.tenant.key, script.name],
    )
    expect(await findExecution(database, row?.id ?? '')).toMatchObject({ run_at: new Date('2100-01-01Z') })
    expect(await executionsOf(script)).toMatchObject([{ priority: -100 }])
  })

  describe('runs only what may run', () => {
    test.each(['paused', 'disabled'])('not a %s script', async (status) => {
      const script = await givenScriptOfItsOwn(database)
      await asOwner(database, 'select pgscript.set_script_status($1, $2, $3)', [
        script.tenant.key,
        script.name,
        status,
      ])
      await expect(execute(script)).rejects.toMatchObject({ code: 'script_not_active', status: 409 })
    })

    test('not an archived one, nor one that is not there', async () => {
      const script = await givenScriptOfItsOwn(database)
      await asOwner(database, "select pgscript.set_script_status($1, $2, 'archived')", [
        script.tenant.key,
        script.name,
      ])
      const missing = { code: 'script_not_found', status: 404, field: 'script' }
      await expect(execute(script)).rejects.toMatchObject(missing)
      await expect(execute({ ...script, name: script.id })).rejects.toMatchObject(missing)
      await expect(execute({ ...script, name: 'no such script' })).rejects.toMatchObject(missing)
    })

    test('a draft by the hand of someone who may change it, once it is accepted', async () => {
      const script = await givenDraft(database, await givenTenant(database))
      await expect(execute(script)).rejects.toMatchObject({ code: 'version_not_accepted' })
      await judge(database, script, 1, 'accepted')
      const asHand = async (...permissions: string[]) =>
        await as(database, identityIn(script.tenant, permissions), call, [null, script.name, '{}'])
      await expect(asHand('scripts.execute')).rejects.toMatchObject({ code: 'permission_denied' })
      await asHand('scripts.execute', 'scripts.update')
      expect(await executionsOf(script)).toHaveLength(1)
    })

    test('nothing of a suspended tenant', async () => {
      const script = await givenScriptOfItsOwn(database)
      await asOwner(database, "select pgscript.upsert_tenant($1, status => 'suspended')", [script.tenant.key])
      await expect(execute(script)).rejects.toMatchObject({ code: 'tenant_suspended', status: 409 })
      await asOwner(database, "select pgscript.upsert_tenant($1, status => 'active')", [script.tenant.key])
      await execute(script)
    })
  })

  describe('asks who calls', () => {
    const denied = { code: 'permission_denied', status: 403 }

    test('in a context: scripts.execute, for its own tenant', async () => {
      const [ours, theirs] = [await givenScriptOfItsOwn(database), await givenScriptOfItsOwn(database)]
      const rest = everyPermission.filter((name) => name !== 'scripts.execute')
      const values = [null, ours.name, '{}']
      await expect(as(database, identityIn(ours.tenant, rest), call, values)).rejects.toMatchObject(denied)
      await as(database, identityIn(ours.tenant, ['scripts.execute']), call, values)
      for (const key of [theirs.tenant.key, 'no such tenant'])
        await expect(
          as(database, identityIn(ours.tenant), call, [key, theirs.name, '{}']),
        ).rejects.toMatchObject(denied)
      expect(await executionsOf(theirs)).toEqual([])
    })

    test('and keeps for whom it runs', async () => {
      const script = await givenScriptOfItsOwn(database)
      const user = await givenUser(database, { tenant: script.tenant, role: 'developer' })
      await as(database, { ...identityIn(script.tenant), userId: user.id }, call, [null, script.name, '{}'])
      const users = await asOwner(database, 'select user_id from pgscript.executions where script_id = $1', [
        script.id,
      ])
      expect(users).toEqual([{ user_id: user.id }])
      expect(await auditOf(database, onlyRow(await executionsOf(script)).id)).toEqual([])
    })

    async function asHost(role: string, script: GivenScript): Promise<void> {
      await withClients(async (client) => {
        await client.query('begin')
        await client.query(`set local role ${role}`)
        await client.query(call, [script.tenant.key, script.name, '{}'])
        await client.query('commit')
      })
    }

    test('from plain SQL: a host role, for the tenants it was granted', async () => {
      const [granted, other] = [await givenScriptOfItsOwn(database), await givenScriptOfItsOwn(database)]
      const role = await givenHostRole(database, [granted.tenant.key])
      await asHost(role, granted)
      expect(await executionsOf(granted)).toHaveLength(1)
      await expect(asHost(role, other)).rejects.toMatchObject({ constraint: 'permission_denied' })
      await expect(
        asHost(role, { ...other, tenant: { id: '', key: 'no such tenant' } }),
      ).rejects.toMatchObject({ constraint: 'permission_denied' })
      expect(await executionsOf(other)).toEqual([])
    })

    test('from plain SQL: a host role granted all tenants learns that one does not exist', async () => {
      const script = await givenScriptOfItsOwn(database)
      const role = await givenHostRole(database, null)
      await expect(asHost(role, script)).rejects.toMatchObject({ code: '42501' })
      await asOwner(database, 'select pgscript.grant_integrator($1)', [role])
      await asHost(role, script)
      await expect(
        asHost(role, { ...script, tenant: { id: '', key: 'no such tenant' } }),
      ).rejects.toMatchObject({ constraint: 'tenant_not_found' })
    })

    test('from plain SQL: a grant is replaced by the next', async () => {
      const [first, second] = [await givenScriptOfItsOwn(database), await givenScriptOfItsOwn(database)]
      const role = await givenHostRole(database, [first.tenant.key])
      await asOwner(database, 'select pgscript.grant_integrator($1, $2)', [role, [second.tenant.key]])
      await asHost(role, second)
      await expect(asHost(role, first)).rejects.toMatchObject({ constraint: 'permission_denied' })
      await expect(
        asOwner(database, 'select pgscript.grant_integrator($1, $2)', [role, ['no such tenant']]),
      ).rejects.toMatchObject({ code: 'tenant_not_found', field: 'tenant_keys' })
    })

    test('a host role cannot grant, and is not helped by a made-up context', async () => {
      const [granted, other] = [await givenScriptOfItsOwn(database), await givenScriptOfItsOwn(database)]
      const role = await givenHostRole(database, [granted.tenant.key])
      const attempts = [
        `select pgscript_engine.record_integrator('${role}', null, true)`,
        `select pgscript.grant_integrator('${role}')`,
        "select pgscript.upsert_tenant('mine')",
        `with forged as materialized (select set_config('pgscript.context', repeat('0', 64) || '.${other.tenant.id}||||scripts.execute|', true))
         select pgscript.execute_script('${other.tenant.key}', '${other.name}') from forged`,
      ]
      for (const attempt of attempts) {
        const refused = withClients(async (client) => {
          await client.query('begin')
          await client.query(`set local role ${role}`)
          await client.query(attempt)
          await client.query('commit')
        })
        await expect(refused).rejects.toMatchObject({ code: expect.stringMatching(/^(42501|PS403)$/) })
      }
      expect(await executionsOf(other)).toEqual([])
    })
  })
})
