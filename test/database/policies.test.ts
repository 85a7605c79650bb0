import type { ClientBase } from 'pg'
import { beforeAll, describe, expect, test } from 'vitest'

import { storeSecret } from '../../src/bindings/store-secret.ts'
import { openDatabase, transaction } from '../../src/database/database.ts'
import { asIdentity, systemOperator } from '../../src/database/tenant-transaction.ts'
import { completeExecutions, failExecutions } from '../../src/executor/report-executions.ts'
import { silentLogger } from '../../src/log.ts'
import { givenHostRole } from '../support/call.ts'
import { givenEventScript } from '../support/given-event-script.ts'
import { givenExecutions } from '../support/given-executions.ts'
import { type GivenScript, givenDraft, givenScript } from '../support/given-script.ts'
import {
  everyPermission,
  type GivenTenant,
  givenTenant,
  givenUser,
  identityIn,
} from '../support/given-tenant.ts'
import { scriptCalls, testKeys } from '../support/script-calls.ts'
import { useDatabase } from '../support/use-database.ts'
import { claimOne, failureOf, reportOn } from '../support/use-ledger.ts'

/** Who may read a relation. Nobody but the engine's functions writes any of them. */
type Readers =
  /** A tenant's users, its rows only; with the permission, where one is named. */
  | { by: 'tenant'; permission?: string; tenantColumn?: string }
  /** Every user and operator, all of it: it holds nothing of anybody. */
  | { by: 'everyone' }
  /** Operators, all of it: it is of no tenant. */
  | { by: 'operator' }
  /** Only the engine's functions. */
  | { by: 'engine'; tenantColumn?: string }

/** Every table and view there is; one that is missing here fails the first test. */
const relations: Record<string, Readers> = {
  'pgscript.api_key_scopes': { by: 'tenant', permission: 'members.manage' },
  'pgscript.api_keys': { by: 'tenant', permission: 'members.manage' },
  'pgscript.audit_log': { by: 'tenant', permission: 'audit.read' },
  'pgscript.dead_letter_groups': { by: 'tenant', permission: 'executions.read' },
  'pgscript.dead_letters': { by: 'tenant', permission: 'executions.read' },
  'pgscript.event_deliveries': { by: 'tenant', permission: 'executions.read' },
  'pgscript.event_types': { by: 'everyone' },
  'pgscript.events': { by: 'tenant', permission: 'executions.read' },
  'pgscript.execution_attempts': { by: 'tenant', permission: 'executions.read' },
  'pgscript.execution_logs': { by: 'tenant', permission: 'executions.read' },
  'pgscript.executions': { by: 'tenant', permission: 'executions.read' },
  'pgscript.memberships': { by: 'tenant' },
  'pgscript.permissions': { by: 'everyone' },
  'pgscript.refused_events': { by: 'operator' },
  'pgscript.role_permissions': { by: 'tenant' },
  'pgscript.roles': { by: 'tenant' },
  'pgscript.script_versions': { by: 'tenant', permission: 'scripts.read' },
  'pgscript.scripts': { by: 'tenant', permission: 'scripts.read' },
  'pgscript.secrets': { by: 'tenant', permission: 'scripts.read' },
  'pgscript.tenants': { by: 'tenant', tenantColumn: 'id' },
  'pgscript.users': {
    by: 'tenant',
    tenantColumn:
      '(select membership.tenant_id from pgscript.memberships as membership where membership.user_id = users.id)',
  },
  'pgscript.variables': { by: 'tenant', permission: 'scripts.read' },
  'pgscript.version_approvals': { by: 'tenant', permission: 'scripts.read' },
  'pgscript.version_checks': { by: 'tenant', permission: 'scripts.read' },
  'pgscript.version_imports': { by: 'tenant', permission: 'scripts.read' },
  'pgscript_engine.api_call_windows': { by: 'engine', tenantColumn: 'tenant_id' },
  'pgscript_engine.cache_entries': { by: 'engine', tenantColumn: 'tenant_id' },
  'pgscript_engine.cache_usage': { by: 'engine', tenantColumn: 'tenant_id' },
  'pgscript_engine.cancel_requests': { by: 'engine', tenantColumn: 'tenant_id' },
  'pgscript_engine.code_cache': { by: 'engine', tenantColumn: 'tenant_id' },
  'pgscript_engine.documents': { by: 'engine', tenantColumn: 'tenant_id' },
  'pgscript_engine.event_deliveries': { by: 'tenant', permission: 'executions.read' },
  'pgscript_engine.event_keys': { by: 'engine', tenantColumn: 'tenant_id' },
  'pgscript_engine.event_usage': { by: 'engine', tenantColumn: 'tenant_id' },
  'pgscript_engine.execution_attempts': { by: 'tenant', permission: 'executions.read' },
  'pgscript_engine.execution_history': { by: 'tenant', permission: 'executions.read' },
  'pgscript_engine.execution_keys': { by: 'engine', tenantColumn: 'tenant_id' },
  'pgscript_engine.execution_log_batches': { by: 'tenant', permission: 'executions.read' },
  'pgscript_engine.limit_definitions': { by: 'everyone' },
  'pgscript_engine.live_executions': { by: 'tenant', permission: 'executions.read' },
  'pgscript_engine.new_rows': { by: 'engine' },
  'pgscript_engine.nodes': { by: 'engine' },
  'pgscript_engine.old_rows': { by: 'engine' },
  'pgscript_engine.script_limits': { by: 'engine', tenantColumn: 'tenant_id' },
  'pgscript_engine.script_slots': { by: 'engine', tenantColumn: 'tenant_id' },
  'pgscript_engine.setting_definitions': { by: 'everyone' },
  'pgscript_engine.sharing_log': { by: 'engine' },
  'pgscript_engine.slot_leases': { by: 'engine', tenantColumn: 'tenant_id' },
  'pgscript_engine.stored_values': { by: 'engine', tenantColumn: 'tenant_id' },
  'pgscript_engine.subscriptions': { by: 'tenant', permission: 'scripts.read' },
  'pgscript_engine.tenant_data': { by: 'engine', tenantColumn: 'tenant_id' },
  'pgscript_engine.tenant_limits': { by: 'engine', tenantColumn: 'tenant_id' },
  'pgscript_engine.tenant_queues': { by: 'engine', tenantColumn: 'tenant_id' },
  'pgscript_engine.tenant_slots': { by: 'engine', tenantColumn: 'tenant_id' },
  'pgscript_engine.tenant_storage': { by: 'engine', tenantColumn: 'tenant_id' },
  'pgscript_engine.tenant_usage': { by: 'engine', tenantColumn: 'tenant_id' },
  'pgscript_engine.watched_tables': { by: 'operator' },
  'pgscript_private.api_key_hashes': { by: 'engine', tenantColumn: 'tenant_id' },
  'pgscript_private.applied_migrations': { by: 'engine' },
  'pgscript_private.applied_objects': { by: 'engine' },
  'pgscript_private.context_keys': { by: 'engine' },
  'pgscript_private.host_roles': { by: 'engine', tenantColumn: 'tenant_id' },
  'pgscript_private.installation': { by: 'engine' },
  'pgscript_private.installation_keys': { by: 'engine' },
  'pgscript_private.secret_values': { by: 'engine', tenantColumn: 'tenant_id' },
}

const forbidden = { code: '42501' }

/** How a write to each view is refused: before the rights, where there is nothing to write to. */
const views: Record<string, { code: string }> = {
  'pgscript_engine.new_rows': { code: '55000' },
  'pgscript_engine.old_rows': { code: '55000' },
  'pgscript.dead_letter_groups': { code: '55000' },
  'pgscript.event_deliveries': forbidden,
  'pgscript.execution_attempts': forbidden,
  'pgscript.execution_logs': { code: '55000' },
  'pgscript.executions': { code: '55000' },
}

describe('policies', () => {
  const database = useDatabase()
  let ours: GivenTenant
  let theirs: GivenTenant

  beforeAll(async () => {
    ours = await tenantWithRowsEverywhere()
    theirs = await tenantWithRowsEverywhere()
    // With the doors of the schemas open, what refuses is each table's own grant and policy.
    expect(await openSchemas()).toEqual([])
    const { user, operator, node, script, integrator } = database.node.roles
    await database.owner.query(
      `grant usage on schema pgscript, pgscript_engine, pgscript_private
       to ${[user, operator, node, script, integrator].join(', ')}`,
    )
  })

  /** The ways from runtime roles into the schemas that are not theirs. */
  async function openSchemas() {
    const { user, operator, node, script, integrator } = database.node.roles
    const { rows } = await database.owner.query(
      `select role, schema from (values
         ($1, 'pgscript_engine'), ($2, 'pgscript_engine'), ($3, 'pgscript'), ($3, 'pgscript_engine'),
         ($1, 'pgscript_private'), ($2, 'pgscript_private'), ($3, 'pgscript_private'),
         ($4, 'pgscript_private'), ($5, 'pgscript_private')
       ) as way (role, schema)
       where has_schema_privilege(role, schema, 'usage')`,
      [user, operator, script, node, integrator],
    )
    return rows
  }

  /** At least one row of the tenant in every table. */
  async function tenantWithRowsEverywhere(): Promise<GivenTenant> {
    const { owner, node } = database
    const tenant = await givenTenant(database)
    await givenUser(database, { tenant, role: 'viewer' })
    await owner.query("select pgscript.create_api_key($1, 'key', array['scripts.read'])", [tenant.key])
    await givenHostRole(database, [tenant.key])
    const script = await givenScript(database, tenant)
    await givenImportAndApproval(tenant, script)
    await givenExecutions(database, script, { maxAttempts: 2 })
    const attempt = await claimOne(node)
    await failExecutions(node, [failureOf(attempt, { retryable: true, retryAfterSeconds: 0 })])
    const logs = '[{"level":"info","at":1,"message":"hello"}]'
    await completeExecutions(node, [reportOn(await claimOne(node), { logs })])
    await node.pool.query("select pgscript_engine.reserve_slots($1, $2, $3, 1, '1 hour')", [
      node.nodeId,
      tenant.id,
      script.id,
    ])
    await node.pool.query("select pgscript_engine.store_compiled_code($1, $2, $3, 1, 'v8', $4, 'compiled')", [
      node.capability,
      tenant.id,
      script.id,
      Buffer.alloc(32),
    ])
    await givenStoredParts(tenant, script.id)
    await givenEventScript(database, tenant, { events: ['order.*'] }, { retry: false })
    await owner.query("select pgscript.publish_event($1, 'order.created', idempotency_key => 'once')", [
      tenant.key,
    ])
    await failExecutions(node, [failureOf(await claimOne(node), { retryable: false })])
    await givenExecutions(database, script)
    const { id } = await claimOne(node)
    await owner.query('select pgscript.cancel_execution($1, $2)', [tenant.key, id])
    await owner.query(`select pgscript.upsert_tenant($1, quotas => '{"events_per_minute": 10}')`, [
      tenant.key,
    ])
    await owner.query('select pgscript_engine.events_left($1, 1)', [tenant.id])
    // Not due, so that the next tenant's claims leave it where it is.
    await givenExecutions(database, script, { idempotencyKey: 'one', runIn: '1 hour' })
    return tenant
  }

  /** A version that imports another script's, and that somebody has approved. */
  async function givenImportAndApproval(tenant: GivenTenant, library: GivenScript) {
    const dependent = await givenDraft(database, tenant)
    const pin = { specifier: `pgscript:lib/${library.name}`, library_id: library.id, library_version: 1 }
    await database.node.pool.query(
      `select pgscript_engine.record_check($1, $2, 1, 'accepted', '[]', array['default'], $3)`,
      [tenant.id, dependent.id, JSON.stringify([pin])],
    )
    const { id: userId } = await givenUser(database, { tenant, role: 'developer' })
    await asIdentity(database.node, { ...identityIn(tenant), userId }, (client) =>
      client.query('select pgscript.approve_version(null, $1, 1)', [dependent.name]),
    )
  }

  /** A row of what scripts keep, and of what is kept for them. */
  async function givenStoredParts(tenant: GivenTenant, scriptId: string) {
    const { owner, node } = database
    await storeSecret({ database: node, keys: testKeys }, identityIn(tenant), {
      tenantKey: null,
      name: 'KEY',
      value: 'value',
    })
    await owner.query("select pgscript.set_variable($1, 'rate', '1')", [tenant.key])
    await owner.query(
      `select pgscript.upsert_tenant($1, quotas => '{"api_calls_per_minute": {"cache": 600}}')`,
      [tenant.key],
    )
    const { call } = scriptCalls(database, tenant, { scriptId })
    await call('cache.set', 'key', 1)
    await call('storage.set', 'key', 1)
    await call('collections.insert', 'orders', {})
  }

  /** What a relation shows, by tenant. */
  async function rowsByTenant(client: Pick<ClientBase, 'query'>, relation: string, tenantColumn: string) {
    const { rows } = await client.query<{ tenant: string; count: number }>(
      `select ${tenantColumn} as tenant, count(*)::int as count from ${relation} group by 1`,
    )
    return new Map(rows.map(({ tenant, count }) => [tenant, count]))
  }

  /** As a user or an operator, without any context. */
  const withoutContext = async <T>(role: 'user' | 'operator', work: (client: ClientBase) => Promise<T>) =>
    await transaction(database.node, async (client) => {
      await client.query(`set local role ${client.escapeIdentifier(database.node.roles[role])}`)
      return await work(client)
    })

  test('each table and view has its rule here, and both tenants have rows in it', async () => {
    const { rows } = await database.owner.query<{ name: string }>(
      `select relation.oid::regclass::text as name
       from pg_class as relation join pg_namespace as schema on schema.oid = relation.relnamespace
       where schema.nspname in ('pgscript', 'pgscript_engine', 'pgscript_private', 'pgscript_shared')
         and relation.relkind in ('r', 'p', 'v', 'm', 'f') and not relation.relispartition
       order by relation.oid::regclass::text collate "C"`,
    )
    expect(rows.map(({ name }) => name)).toEqual(Object.keys(relations))

    for (const [relation, readers] of Object.entries(relations)) {
      const tenantColumn = columnOf(readers)
      if (!tenantColumn) continue
      const stored = await rowsByTenant(database.owner, relation, tenantColumn)
      expect([relation, stored.has(ours.id), stored.has(theirs.id)]).toEqual([relation, true, true])
    }
  })

  const ofTenants = Object.entries(relations).filter(([, readers]) => readers.by === 'tenant')
  describe.each(ofTenants)('%s', (relation, readers) => {
    const tenantColumn = columnOf(readers) ?? ''
    const permission = readers.by === 'tenant' ? readers.permission : undefined

    test('shows users the rows of their own tenant, all of them and no others', async () => {
      const stored = await rowsByTenant(database.owner, relation, tenantColumn)
      for (const tenant of [ours, theirs]) {
        const seen = await asIdentity(database.node, identityIn(tenant), (client) =>
          rowsByTenant(client, relation, tenantColumn),
        )
        expect([...seen]).toEqual([[tenant.id, stored.get(tenant.id)]])
      }
    })

    if (permission)
      test(`shows nothing without ${permission}`, async () => {
        const rest = everyPermission.filter((name) => name !== permission)
        const seen = await asIdentity(database.node, identityIn(ours, rest), (client) =>
          rowsByTenant(client, relation, tenantColumn),
        )
        expect([...seen]).toEqual([])
      })

    test('shows operators every tenant', async () => {
      const stored = await rowsByTenant(database.owner, relation, tenantColumn)
      const seen = await asIdentity(database.node, systemOperator, (client) =>
        rowsByTenant(client, relation, tenantColumn),
      )
      expect(seen).toEqual(stored)
    })

    test("shows the role of operators nothing in a user's transaction", async () => {
      const seen = await asIdentity(database.node, identityIn(ours), async (client) => {
        await client.query(`set local role ${client.escapeIdentifier(database.node.roles.operator)}`)
        return await rowsByTenant(client, relation, tenantColumn)
      })
      expect([...seen]).toEqual([])
    })

    test.each(['user', 'operator'] as const)('shows the role %s nothing without a context', async (role) => {
      const seen = await withoutContext(role, (client) => rowsByTenant(client, relation, tenantColumn))
      expect([...seen]).toEqual([])
    })
  })

  const ofOperators = Object.entries(relations).filter(([, readers]) => readers.by === 'operator')
  test.each(ofOperators)('%s is for operators only', async (relation) => {
    const read = (client: ClientBase) => client.query(`select from ${relation}`)
    await expect(asIdentity(database.node, identityIn(ours), read)).rejects.toMatchObject(forbidden)
    await expect(withoutContext('user', read)).rejects.toMatchObject(forbidden)
    expect((await withoutContext('operator', read)).rowCount).toBe(0)
    expect((await asIdentity(database.node, systemOperator, read)).rowCount).toBeGreaterThanOrEqual(0)
  })

  const ofNobody = Object.entries(relations).filter(([, readers]) => readers.by === 'engine')
  test.each(ofNobody)('%s is hidden from users and operators', async (relation) => {
    const read = (client: ClientBase) => client.query(`select from ${relation}`)
    await expect(asIdentity(database.node, identityIn(ours), read)).rejects.toMatchObject(forbidden)
    await expect(asIdentity(database.node, systemOperator, read)).rejects.toMatchObject(forbidden)
    await expect(withoutContext('user', read)).rejects.toMatchObject(forbidden)
    await expect(withoutContext('operator', read)).rejects.toMatchObject(forbidden)
  })

  describe.each(Object.keys(relations))('%s', (relation) => {
    const isView = relation in views
    const refused = views[relation] ?? forbidden
    const writes = [
      `insert into ${relation} default values`,
      `update ${relation} set ${firstColumn[relation] ?? 'tenant_id'} = null`,
      `delete from ${relation}`,
    ]

    test('is written by nobody, in whatever context', async () => {
      for (const write of [...writes, `truncate ${relation}`]) {
        const attempt = (client: ClientBase) => client.query(write)
        const expected = write.startsWith('truncate') && isView ? { code: '42809' } : refused
        for (const identity of [identityIn(ours), identityIn(theirs), systemOperator])
          await expect(asIdentity(database.node, identity, attempt)).rejects.toMatchObject(expected)
        for (const role of ['user', 'operator'] as const)
          await expect(withoutContext(role, attempt)).rejects.toMatchObject(expected)
      }
    })

    test('is neither read nor written by the logins, and by host roles that were granted nothing', async () => {
      const script = openDatabase({
        connection: database.connections.script,
        rolePrefix: database.cluster.rolePrefix,
        nodeId: 'script',
        connections: 1,
        logger: silentLogger,
      })
      try {
        for (const statement of [`select from ${relation}`, ...writes]) {
          const expected = isView && !statement.startsWith('select') ? refused : forbidden
          await expect(database.node.pool.query(statement)).rejects.toMatchObject(expected)
          await expect(script.pool.query(statement)).rejects.toMatchObject(expected)
          if (hostReadable.has(relation) && statement.startsWith('select')) {
            expect((await asIntegrator(statement)).rowCount).toBe(0)
          } else await expect(asIntegrator(statement)).rejects.toMatchObject(expected)
        }
      } finally {
        await script.pool.end()
      }
    })

    const asIntegrator = (statement: string) =>
      transaction({ pool: database.owner }, async (client) => {
        await client.query(`set local role ${client.escapeIdentifier(database.node.roles.integrator)}`)
        return await client.query(statement)
      })
  })
})

function columnOf(readers: Readers): string | undefined {
  if (readers.by === 'everyone' || readers.by === 'operator') return undefined
  return readers.tenantColumn ?? (readers.by === 'tenant' ? 'tenant_id' : undefined)
}

/** What a host role reads of the tenants it was granted; see host-roles.test.ts. */
const hostReadable = new Set([
  'pgscript.audit_log',
  'pgscript.dead_letter_groups',
  'pgscript.dead_letters',
  'pgscript.event_deliveries',
  'pgscript.event_types',
  'pgscript.events',
  'pgscript.execution_attempts',
  'pgscript.execution_logs',
  'pgscript.executions',
  'pgscript.refused_events',
  'pgscript.script_versions',
  'pgscript.scripts',
  'pgscript.tenants',
  'pgscript.version_approvals',
  'pgscript.version_checks',
  'pgscript.version_imports',
  'pgscript_engine.event_deliveries',
  'pgscript_engine.execution_attempts',
  'pgscript_engine.execution_history',
  'pgscript_engine.execution_log_batches',
  'pgscript_engine.live_executions',
  'pgscript_engine.subscriptions',
])

/** Where it is not tenant_id. */
const firstColumn: Record<string, string> = {
  'pgscript.event_types': 'type',
  'pgscript_engine.new_rows': 'nothing',
  'pgscript_engine.old_rows': 'nothing',
  'pgscript.permissions': 'name',
  'pgscript.refused_events': 'id',
  'pgscript.tenants': 'id',
  'pgscript.users': 'id',
  'pgscript_engine.limit_definitions': 'name',
  'pgscript_engine.nodes': 'id',
  'pgscript_engine.setting_definitions': 'name',
  'pgscript_engine.sharing_log': 'id',
  'pgscript_engine.watched_tables': 'purpose',
  'pgscript_private.applied_migrations': 'name',
  'pgscript_private.applied_objects': 'path',
  'pgscript_private.context_keys': 'id',
  'pgscript_private.installation': 'version',
  'pgscript_private.installation_keys': 'id',
}
