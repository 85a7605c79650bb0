import { readFileSync } from 'node:fs'
import type { PoolClient } from 'pg'
import { describe, expect, test } from 'vitest'

import { useDatabase } from '../support/use-database.ts'

const document = readFileSync('docs/sql.md', 'utf8')
const blocks = [...document.matchAll(/^```sql\n(.*?)^```$/gms)].map(([, text = '']) => text)

describe('docs/sql.md', () => {
  const database = useDatabase()

  test('its examples run, and give what they say', async () => {
    expect(blocks.length).toBeGreaterThan(8)
    // Roles belong to the whole cluster, and other files run beside this one.
    const role = `${database.cluster.rolePrefix}_docs_shop_app`
    const client = await database.owner.connect()
    try {
      for (const block of blocks) {
        await runBlock(client, block.replaceAll('shop_app', role), role)
        await acceptVersions()
      }
    } finally {
      client.release(true)
      await database.owner.query(`drop role if exists ${role}`)
    }
  })

  /** Stands for the node that checks what was saved. */
  async function acceptVersions() {
    await database.node.pool.query(
      `select pgscript_engine.record_check(tenant_id, script_id, version, 'accepted', '[]')
       from pgscript_engine.unchecked_versions($1, 100)`,
      [database.node.capability],
    )
  }

  test('its table of limits is what the database has', async () => {
    const { rows } = await database.owner.query(
      'select name, default_value, minimum, maximum from pgscript_engine.limit_definitions',
    )
    const expected = rows.map(
      ({ name, default_value, minimum, maximum }) =>
        `| \`${name}\` | ${default_value} | ${minimum} | ${maximum} |`,
    )
    const limits = section('### Limits').match(/^\| `.*$/gm) ?? []
    expect(limits.toSorted()).toEqual(expected.toSorted())
  })

  test('its table of permissions is what the database has', async () => {
    const { rows } = await database.owner.query<{ name: string; roles: string[] }>(
      `select permission.name, array(
         select distinct held.role from pgscript.role_permissions as held where held.permission = permission.name
       ) as roles
       from pgscript.permissions as permission
       where exists (select from pgscript.upsert_tenant('permissions'))`,
    )
    const mark = (roles: string[], role: string) => (roles.includes(role) ? ' yes |' : ' |')
    const expected = rows.map(({ name, roles }) => [
      `| \`${name}\``,
      ['admin', 'developer', 'viewer'].map((role) => mark(roles, role)).join(''),
    ])
    const documented = section('### Permissions').match(/^\| `.*$/gm) ?? []
    expect(documented).toHaveLength(expected.length)
    for (const [start = '', end = ''] of expected) {
      const row = documented.find((line) => line.startsWith(`${start} |`))
      expect(row, start).toMatch(new RegExp(`\\|${end.replaceAll('|', '\\|')}$`))
    }
  })

  test('it names every function of the schema pgscript', async () => {
    const { rows } = await database.owner.query<{ name: string }>(
      "select distinct proname as name from pg_proc where pronamespace = 'pgscript'::regnamespace and prorettype <> 'trigger'::regtype",
    )
    expect(
      rows.filter(({ name }) => !document.includes(`${name}(`) && !document.includes(`\`${name}\``)),
    ).toEqual([])
  })
})

function section(heading: string): string {
  const from = document.indexOf(`\n${heading}\n`)
  if (from < 0) throw new Error(`docs/sql.md has no ${heading}`)
  const end = document.indexOf('\n#', from + heading.length)
  return document.slice(from, end)
}

/** Statement by statement; `-- → value` after one is its first value. A block with a function's body runs as a whole. */
async function runBlock(client: PoolClient, block: string, role: string) {
  if (block.startsWith('-- as ')) await client.query(`set role ${role}`)
  const statements = block.includes('$$')
    ? [['', block]]
    : [...block.matchAll(/(.+?);(?: +-- → ([^\n]+))?\n(?=\S|$)/gs)]
  expect(statements.length).toBeGreaterThan(0)
  for (const [, statement = '', expected] of statements) {
    const result = await client.query({ text: statement, rowMode: 'array' })
    if (expected !== undefined) expect(String(result.rows[0]?.[0]), statement).toBe(expected)
  }
  await client.query('reset role')
}
