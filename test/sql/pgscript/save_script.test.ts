import { describe, expect, test } from 'vitest'

import type { Identity } from '../../../src/database/tenant-transaction.ts'
import { as, asOwner, auditOf, givenHostRole, lastAudit } from '../../support/call.ts'
import { givenDraft, givenScript } from '../../support/given-script.ts'
import { type GivenTenant, givenTenant, givenUser, identityIn, onlyRow } from '../../support/given-tenant.ts'
import { useDatabase } from '../../support/use-database.ts'
import { countBlocked } from '../../support/use-ledger.ts'

interface Script {
  tenant_id: string
  id: string
  name: string
  description: string
  type: string
  language: string
  source: string
  limits: Record<string, number>
  metadata: Record<string, unknown>
  tags: string[]
  config: Record<string, unknown>
  input_schema: unknown
  output_schema: unknown
  status: string
  latest_version: number
  active_version: number | null
  created_by: string | null
  updated_by: string | null
  change_description: string | null
}

interface Fields {
  name: string
  source?: string | null
  type?: string
  description?: string
  language?: string
  limits?: unknown
  metadata?: unknown
  tags?: (string | null)[]
  change_description?: string
  base_version?: number
  config?: unknown
  input_schema?: unknown
  output_schema?: unknown
}

const source = 'export default () => 1'

describe('pgscript.save_script', () => {
  const database = useDatabase()

  const call = `select * from pgscript.save_script(
    $1, name => $2, source => $3, type => $4, description => $5, language => $6, limits => $7, metadata => $8,
    tags => $9, change_description => $10, base_version => $11, config => $12, input_schema => $13,
    output_schema => $14)`
  const json = (value: unknown) => (value === undefined ? undefined : JSON.stringify(value))
  const valuesOf = (tenantKey: string | null, fields: Fields) => [
    tenantKey,
    fields.name,
    fields.source === undefined ? source : fields.source,
    fields.type,
    fields.description,
    fields.language,
    json(fields.limits),
    json(fields.metadata),
    fields.tags,
    fields.change_description,
    fields.base_version,
    json(fields.config),
    json(fields.input_schema),
    json(fields.output_schema),
  ]
  const save = async (tenant: GivenTenant, fields: Fields) =>
    onlyRow(await asOwner<Script>(database, call, valuesOf(tenant.key, fields)))
  const saveAs = async (identity: Identity, tenantKey: string | null, fields: Fields) =>
    onlyRow(await as<Script>(database, identity, call, valuesOf(tenantKey, fields)))
  const versionsOf = async (script: { id: string }) =>
    await asOwner<{ version: number; source: string; change_description: string | null; state: string }>(
      database,
      `select version, source, change_description, state
       from pgscript.script_versions join pgscript.version_checks using (tenant_id, script_id, version)
       where script_id = $1 order by version`,
      [script.id],
    )

  test('creates a draft with its first version, which no node has judged', async () => {
    const tenant = await givenTenant(database)
    const script = await save(tenant, {
      name: 'welcome',
      source,
      type: 'embedded',
      description: 'Greets',
      language: 'typescript',
      limits: { wall_time_ms: 5000 },
      metadata: { team: 'a' },
      tags: ['x', 'y'],
      change_description: 'first',
    })
    expect(script).toMatchObject({
      tenant_id: tenant.id,
      name: 'welcome',
      source,
      type: 'embedded',
      description: 'Greets',
      language: 'typescript',
      limits: { wall_time_ms: 5000 },
      metadata: { team: 'a' },
      tags: ['x', 'y'],
      status: 'draft',
      latest_version: 1,
      active_version: null,
    })
    expect(await versionsOf(script)).toEqual([
      { version: 1, source, change_description: 'first', state: 'unchecked' },
    ])
  })

  test('makes every change a version, and leaves alone which one is active', async () => {
    const tenant = await givenTenant(database)
    const active = await givenScript(database, tenant)
    const changed = await save(tenant, { name: active.name, source: '// 2', change_description: 'second' })
    expect(changed).toMatchObject({ id: active.id, latest_version: 2, active_version: 1, status: 'active' })
    expect(await versionsOf(active)).toEqual([
      { version: 1, source, change_description: null, state: 'accepted' },
      { version: 2, source: '// 2', change_description: 'second', state: 'unchecked' },
    ])
  })

  test('snapshots trigger configuration and schemas, and takes a schema away for JSON null', async () => {
    const tenant = await givenTenant(database)
    const content = {
      config: { path: '/x' },
      input_schema: { type: 'object' },
      output_schema: { type: 'string' },
    }
    const script = await save(tenant, { name: 'script', ...content })
    expect(script).toMatchObject(content)
    expect(await save(tenant, { name: 'script', config: {}, input_schema: null })).toMatchObject({
      latest_version: 2,
      config: {},
      input_schema: null,
      output_schema: content.output_schema,
    })
    const versions = await asOwner(
      database,
      'select config, input_schema, output_schema from pgscript.script_versions where script_id = $1 order by version',
      [script.id],
    )
    expect(versions).toEqual([content, { ...content, config: {}, input_schema: null }])
  })

  test.each<[string, Partial<Fields>]>([
    ['description', { description: 'another' }],
    ['type', { type: 'embedded' }],
    ['language', { language: 'typescript' }],
    ['limits', { limits: { memory_mb: 32 } }],
    ['metadata', { metadata: { a: 1 } }],
    ['tags', { tags: ['a'] }],
    ['config', { config: { cron: '0 * * * *' } }],
    ['input_schema', { input_schema: { type: 'object' } }],
    ['output_schema', { output_schema: false }],
  ])('makes a changed %s a version too', async (_, change) => {
    const tenant = await givenTenant(database)
    await save(tenant, { name: 'script' })
    expect(await save(tenant, { name: 'script', source: null, ...change })).toMatchObject({
      latest_version: 2,
      ...change,
    })
  })

  test('makes no version where nothing changes, line ends and a byte-order mark apart', async () => {
    const tenant = await givenTenant(database)
    const first = await save(tenant, { name: 'script', source: 'a\nb\nc', change_description: 'first' })
    for (const same of ['a\nb\nc', 'a\r\nb\rc', '\ufeffa\nb\nc'])
      expect(await save(tenant, { name: 'script', source: same, change_description: 'again' })).toMatchObject(
        {
          latest_version: 1,
          source: 'a\nb\nc',
          change_description: 'first',
        },
      )
    expect(await versionsOf(first)).toHaveLength(1)
    expect(await auditOf(database, first.id)).toHaveLength(1)
  })

  test('counts a source as it is stored', async () => {
    const tenant = await givenTenant(database)
    const lines = '\n'.repeat(262_144 - source.length)
    const saved = await save(tenant, {
      name: 'script',
      source: `\ufeff${source}${lines.replaceAll('\n', '\r\n')}`,
    })
    expect(saved).toMatchObject({ source: `${source}${lines}` })
    await expect(save(tenant, { name: 'script', source: `${source}${lines}\r\n` })).rejects.toMatchObject({
      code: 'source_too_large',
    })
  })

  test('keeps what is null', async () => {
    const tenant = await givenTenant(database)
    const before = await save(tenant, {
      name: 'script',
      description: 'kept',
      type: 'embedded',
      language: 'typescript',
      limits: { memory_mb: 32 },
      metadata: { a: 1 },
      tags: ['a'],
    })
    const after = await save(tenant, { name: 'script', source: null, description: 'changed' })
    const { source, type, language, limits, metadata, tags } = before
    expect(after).toMatchObject({ description: 'changed', source, type, language, limits, metadata, tags })
  })

  test('refuses a save that is not based on the latest version', async () => {
    const tenant = await givenTenant(database)
    await save(tenant, { name: 'script', base_version: undefined as never })
    expect(await save(tenant, { name: 'script', source: '// 2', base_version: 1 })).toMatchObject({
      latest_version: 2,
    })

    const conflict = { code: 'version_conflict', status: 409, field: 'base_version' }
    await expect(save(tenant, { name: 'script', source: '// 3', base_version: 1 })).rejects.toMatchObject({
      ...conflict,
      detail: JSON.stringify({ source: '// 2', version: 2 }).replaceAll(':', ': ').replaceAll(',', ', '),
    })
    await expect(save(tenant, { name: 'another', base_version: 1 })).rejects.toMatchObject(conflict)
  })

  test('lets one of two simultaneous saves of a version win', async () => {
    const tenant = await givenTenant(database)
    await save(tenant, { name: 'script' })
    const saves = await Promise.allSettled(
      ['// a', '// b'].map((source) => save(tenant, { name: 'script', source, base_version: 1 })),
    )
    expect(saves.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(saves.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'version_conflict' },
    })
  })

  test('lets one of two simultaneous creations win, and tells the other', async () => {
    const tenant = await givenTenant(database)
    const first = await database.owner.connect()
    try {
      await first.query('begin')
      await first.query(call, valuesOf(tenant.key, { name: 'script' }))
      const second = save(tenant, { name: 'script', source: '// of another' })
      const settled = second.catch((error) => error)
      await expect.poll(() => countBlocked(database)).toBe(1)
      await first.query('commit')
      expect(await settled).toMatchObject({ code: 'version_conflict', status: 409, field: 'name' })
    } finally {
      first.release()
    }
  })

  test.each<[field: string, code: string, fields: Partial<Fields>]>([
    ['name', 'invalid_name', { name: 'ab' }],
    ['name', 'invalid_name', { name: 'x'.repeat(101) }],
    ['name', 'invalid_name', { name: ' padded' }],
    ['name', 'invalid_name', { name: 'two\nlines' }],
    ['source', 'source_required', { source: null }],
    ['source', 'source_too_large', { source: 'x'.repeat(262_145) }],
    ['source', 'source_too_large', { source, limits: { source_bytes: 10 } }],
    ['type', 'invalid_type', { type: 'cron' }],
    ['description', 'invalid_description', { description: 'x'.repeat(2001) }],
    ['language', 'invalid_language', { language: 'perl' }],
    ['metadata', 'invalid_metadata', { metadata: [] }],
    ['metadata', 'invalid_metadata', { metadata: { text: 'x'.repeat(65_536) } }],
    ['tags', 'invalid_tags', { tags: Array.from({ length: 51 }, String) }],
    ['tags', 'invalid_tags', { tags: [null] }],
    ['config', 'invalid_config', { config: [] }],
    ['config', 'invalid_config', { config: null }],
    ['config', 'invalid_config', { config: { text: 'x'.repeat(65_536) } }],
    ['input_schema', 'invalid_input_schema', { input_schema: 'string' }],
    ['input_schema', 'invalid_input_schema', { input_schema: { const: 'x'.repeat(65_536) } }],
    ['output_schema', 'invalid_output_schema', { output_schema: [] }],
    ['output_schema', 'invalid_output_schema', { output_schema: { const: 'x'.repeat(65_536) } }],
    ['limits', 'invalid_limit', { limits: [] }],
    ['limits', 'invalid_limit', { limits: 5 }],
    ['limits.wall_time', 'invalid_limit', { limits: { wall_time: 5000 } }],
    ['limits.wall_time_ms', 'invalid_limit', { limits: { wall_time_ms: 99 } }],
    ['limits.wall_time_ms', 'invalid_limit', { limits: { wall_time_ms: 900_001 } }],
    ['limits.wall_time_ms', 'invalid_limit', { limits: { wall_time_ms: '5000' } }],
    ['limits.wall_time_ms', 'invalid_limit', { limits: { wall_time_ms: 1000.5 } }],
    ['limits.wall_time_ms', 'invalid_limit', { limits: { wall_time_ms: null } }],
  ])('refuses a wrong %s as %s: %o', async (field, code, fields) => {
    const tenant = await givenTenant(database)
    const attempt = save(tenant, { name: 'script', ...fields })
    const field0 = field.split('.')[0]
    await expect(attempt).rejects.toMatchObject({
      code,
      field,
      status: 422,
      message: expect.stringMatching(new RegExp(`^${field0}[.:]`)),
    })
    expect(await asOwner(database, 'select from pgscript.scripts where tenant_id = $1', [tenant.id])).toEqual(
      [],
    )
  })

  test('refuses a wrong field of a script that is there as well', async () => {
    const script = await givenDraft(database, await givenTenant(database))
    await expect(save(script.tenant, { name: script.name, language: 'perl' })).rejects.toMatchObject({
      code: 'invalid_language',
    })
  })

  test("holds limits within the tenant's", async () => {
    const tenant = await givenTenant(database, { limits: { wall_time_ms: 1000, source_bytes: 40 } })
    expect(await save(tenant, { name: 'fits', limits: { wall_time_ms: 1000 } })).toMatchObject({
      latest_version: 1,
    })
    await expect(save(tenant, { name: 'slow', limits: { wall_time_ms: 1001 } })).rejects.toMatchObject({
      code: 'invalid_limit',
      field: 'limits.wall_time_ms',
      message: expect.stringContaining('from 100 to 1000'),
    })
    await expect(save(tenant, { name: 'large', source: 'x'.repeat(41) })).rejects.toMatchObject({
      code: 'source_too_large',
    })
  })

  test('writes down who saved what, and from where', async () => {
    const tenant = await givenTenant(database)
    const user = await givenUser(database, { tenant, role: 'developer' })
    const identity = { ...identityIn(tenant), userId: user.id, remoteAddress: '192.0.2.1' }
    const script = await saveAs(identity, null, { name: 'script' })
    expect(script).toMatchObject({ created_by: user.id, updated_by: user.id })
    await saveAs(identity, tenant.key, { name: 'script', source: '// 2', change_description: 'why' })
    expect(await auditOf(database, script.id)).toEqual([
      expect.objectContaining({
        action: 'script.created',
        subject_type: 'script',
        actor_kind: 'user',
        actor_user_id: user.id,
        remote_address: '192.0.2.1',
        before: null,
        after: { name: 'script', version: 1, change: null },
      }),
      expect.objectContaining({
        action: 'script.saved',
        before: { version: 1 },
        after: { name: 'script', version: 2, change: 'why' },
      }),
    ])
    await save(tenant, { name: 'script', source: '// 3' })
    expect(await lastAudit(database, script.id)).toMatchObject({ actor_kind: 'sql', actor_user_id: null })
  })

  describe('asks for a permission', () => {
    const denied = { code: 'permission_denied', status: 403 }

    test('to create, and another to change', async () => {
      const tenant = await givenTenant(database)
      const creator = identityIn(tenant, ['scripts.create'])
      const updater = identityIn(tenant, ['scripts.update'])
      await expect(saveAs(updater, null, { name: 'script' })).rejects.toMatchObject(denied)
      await saveAs(creator, null, { name: 'script' })
      await expect(saveAs(creator, null, { name: 'script', source: '// 2' })).rejects.toMatchObject(denied)
      expect(await saveAs(updater, null, { name: 'script', source: '// 2' })).toMatchObject({
        latest_version: 2,
      })
    })

    test('that another tenant does not have, and does not learn from the refusal what there is', async () => {
      const theirs = await givenDraft(database, await givenTenant(database))
      const ours = identityIn(await givenTenant(database))
      const refusals = []
      for (const [key, name] of [
        [theirs.tenant.key, theirs.name],
        [theirs.tenant.key, 'not there'],
        ['no such tenant', 'not there'],
      ] as const)
        refusals.push(await saveAs(ours, key, { name }).catch((error) => error))
      expect(refusals).toEqual([refusals[0], refusals[0], refusals[0]])
      expect(refusals[0]).toMatchObject(denied)
      expect(new Set(refusals.map(({ message, hint }) => `${message} ${hint}`)).size).toBe(1)
    })

    test('that nobody has without a tenant', async () => {
      const nowhere = { tenantId: null, permissions: ['scripts.create'] }
      await expect(saveAs(nowhere, null, { name: 'script' })).rejects.toMatchObject(denied)
    })

    test('that a host role granted for running scripts does not have', async () => {
      const tenant = await givenTenant(database)
      const role = await givenHostRole(database, [tenant.key])
      const client = await database.owner.connect()
      try {
        await client.query('begin')
        await client.query(`set local role ${role}`)
        await expect(client.query(call, valuesOf(tenant.key, { name: 'script' }))).rejects.toMatchObject({
          constraint: 'permission_denied',
        })
      } finally {
        await client.query('rollback')
        client.release()
      }
    })
  })

  test('is not the only way to a version: a plain UPDATE makes one too, and cannot choose its number', async () => {
    const script = await givenDraft(database, await givenTenant(database))
    const update = async (set: string) =>
      onlyRow(
        await asOwner<Script>(database, `update pgscript.scripts set ${set} where id = $1 returning *`, [
          script.id,
        ]),
      )
    expect(await update("source = '// 2', change_description = 'by hand'")).toMatchObject({
      latest_version: 2,
    })
    expect(await update("source = '// 3', latest_version = 9")).toMatchObject({ latest_version: 3 })
    expect(await update("source = '// 4', latest_version = 1")).toMatchObject({ latest_version: 4 })
    expect(await update("updated_by = null, change_description = 'nothing'")).toMatchObject({
      latest_version: 4,
    })
    expect((await versionsOf(script)).map(({ version, source }) => [version, source])).toEqual([
      [1, source],
      [2, '// 2'],
      [3, '// 3'],
      [4, '// 4'],
    ])
  })

  test('frees the name of an archived script, and saves a new one under it', async () => {
    const first = await givenDraft(database, await givenTenant(database))
    await asOwner(database, "select pgscript.set_script_status($1, $2, 'archived')", [
      first.tenant.key,
      first.name,
    ])
    const second = await save(first.tenant, { name: first.name })
    expect(second).toMatchObject({ latest_version: 1, status: 'draft' })
    expect(second.id).not.toBe(first.id)
  })
})
