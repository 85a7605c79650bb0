import { randomBytes } from 'node:crypto'
import type { PoolClient } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { transaction } from '../../../src/database/database.ts'
import { useScripts } from '../../bindings/db/use-scripts.ts'
import { asOwner, givenHostRole } from '../../support/call.ts'
import { type GivenTenant, givenTenant } from '../../support/given-tenant.ts'
import { useDatabase } from '../../support/use-database.ts'

describe('pgscript.share_table', () => {
  const database = useDatabase()
  const scripts = useScripts(database, 4)
  let tenant: GivenTenant
  beforeAll(async () => {
    tenant = await givenTenant(database)
  })

  /** A table of its own for a test. */
  async function givenTable(columns: string): Promise<string> {
    const name = `t_${randomBytes(5).toString('hex')}`
    await database.owner.query(`create table ${name} (${columns})`)
    return name
  }
  const share = async (table: string, rest: string) =>
    await asOwner(database, `select pgscript.share_table('${table}', ${rest})`)
  const writing = "access => array['read', 'write']"

  test.each([
    ['integer', '42'],
    ['bigint', '9000000000'],
    ['uuid', '01890000-0000-7000-8000-00000000abcd'],
    ['text', 'a tenant'],
    ['varchar(40)', 'another tenant'],
    ['tenant_number', '77'],
    ['tenant_name', 'Acme'],
  ])('filters and fills a tenant column of type %s', async (type, key) => {
    await database.owner.query(`
      do $$ begin
        create domain tenant_number as integer check (value > 0);
        create type tenant_name as enum ('Acme', 'Other');
      exception when duplicate_object then null; end $$`)
    const [mine] = await asOwner<GivenTenant>(database, 'select id, key from pgscript.upsert_tenant($1)', [
      key,
    ])
    if (!mine) throw new Error('no tenant')
    const table = await givenTable(
      `owner ${type} not null, id integer generated always as identity, note text`,
    )
    await database.owner.query(`insert into ${table} (owner, note) values ('${key}', 'mine')`)
    await share(table, `'owner', ${writing}`)

    const run = scripts.run(mine)
    await run.execute(`insert into ${table} (note) values ('written')`)
    expect(await run.query(`select note, owner::text from ${table} order by id`)).toEqual([
      { note: 'mine', owner: key },
      { note: 'written', owner: key },
    ])
    expect(
      await scripts
        .run(tenant)
        .query(`select * from ${table}`)
        .catch(() => []),
    ).toEqual([])
  })

  test('computes the defaults of the table that call sequences and functions', async () => {
    await database.owner.query(
      "create or replace function next_code() returns text language sql volatile as $$select 'C' || 1$$",
    )
    const table = await givenTable(
      'tenant text, id bigserial primary key, code text default next_code(), at timestamptz default now()',
    )
    await share(table, `'tenant', ${writing}`)
    const [row] = await scripts
      .run(tenant)
      .query(`insert into ${table} (at) values (default) returning id, code, at is null as empty`)
    expect(row).toEqual({ id: 1, code: 'C1', empty: false })
  })

  test('lets a column be neither seen nor written that is not shared', async () => {
    const table = await givenTable("tenant text, id int, secret text default 'kept'")
    await share(table, `'tenant', array['id'], ${writing}`)
    const run = scripts.run(tenant)
    expect(await run.query(`insert into ${table} (id) values (1) returning *`)).toEqual([
      { tenant: tenant.key, id: 1 },
    ])
    await expect(run.query(`select secret from ${table}`)).rejects.toMatchObject({ code: 'sql_error' })
    await expect(run.query(`update ${table} set secret = 'x'`)).rejects.toMatchObject({ code: 'sql_error' })
    expect((await database.owner.query(`select secret from ${table}`)).rows).toEqual([{ secret: 'kept' }])
  })

  test.each([
    ["array['read']", []],
    ["array['insert']", ['insert']],
    ["array['update']", ['update']],
    ["array['delete']", ['delete']],
    ["array['write']", ['insert', 'update', 'delete']],
  ])('gives the access that was asked for: %s', async (access, may) => {
    const table = await givenTable('tenant text, id int')
    await share(table, `'tenant', access => ${access}`)
    const run = scripts.run(tenant)
    const writes = {
      insert: `insert into ${table} (id) values (1)`,
      update: `update ${table} set id = 2`,
      delete: `delete from ${table}`,
    }
    for (const [verb, sql] of Object.entries(writes)) {
      const outcome = await run.execute(sql).then(
        () => verb,
        (error) => error.code,
      )
      expect(outcome).toBe((may as string[]).includes(verb) ? verb : 'sql_not_allowed')
    }
    expect(await run.query(`select count(*) >= 0 as read from ${table}`)).toEqual([{ read: true }])
  })

  test('shares partitioned tables, and views for reading', async () => {
    const table = await givenTable('tenant text, id int) partition by list (id')
    await database.owner.query(`create table ${table}_1 partition of ${table} for values in (1)`)
    await share(table, `'tenant', ${writing}`)
    await scripts.run(tenant).execute(`insert into ${table} (id) values (1)`)
    await database.owner.query(`create view ${table}_view as select tenant, id * 10 as ten from ${table}`)
    await share(`${table}_view`, "'tenant', name => 'tens'")
    expect(await scripts.run(tenant).query('select ten from tens')).toEqual([{ ten: 10 }])
    const other = await givenTenant(database)
    expect(await scripts.run(other).query('select ten from tens')).toEqual([])
    await expect(share(`${table}_view`, `'tenant', name => 'more', ${writing}`)).rejects.toMatchObject({
      code: 'invalid_access',
    })
  })

  test.each([
    ['null, global => false', 'invalid_tenant_column'],
    ["'nothing'", 'invalid_tenant_column'],
    ["'tenant', global => true", 'invalid_tenant_column'],
    ["global => true, access => array['write']", 'invalid_access'],
    ["'tenant', access => array['everything']", 'invalid_access'],
    ["'tenant', access => array[null]::text[]", 'invalid_access'],
    ["'tenant', array['id', 'nothing']", 'invalid_columns'],
    ["'tenant', array[]::text[]", 'invalid_columns'],
    ["'tenant', array['tenant', 'note'], access => array['insert']", 'invalid_columns'],
    ["'tenant', name => 'pg_class'", 'invalid_name'],
    ["'tenant', name => 'A b'", 'invalid_name'],
    ["'tenant', access => array['insert', 'update'], columns => array['id', 'email']", 'key_without_tenant'],
  ])('refuses %s', async (rest, code) => {
    const table = await givenTable('tenant text, id int not null, note text, email text unique')
    await expect(share(table, rest)).rejects.toMatchObject({ code })
  })

  test.each(['pg_class', 'pgscript.tenants', 'information_schema.tables'])(
    'refuses %s, which is no table of the host',
    async (table) => {
      await expect(share(table, 'global => true')).rejects.toMatchObject({ code: 'invalid_source' })
    },
  )

  test('refuses a name that is taken, until that is taken back', async () => {
    const table = await givenTable('tenant text')
    await share(table, "'tenant', name => 'taken'")
    await expect(share(table, "'tenant', name => 'taken'")).rejects.toMatchObject({
      code: 'already_shared',
      status: 409,
    })
    await asOwner(database, "select pgscript.unshare_table('taken')")
    await expect(asOwner(database, "select pgscript.unshare_table('taken')")).rejects.toMatchObject({
      code: 'shared_table_not_found',
    })
    await expect(scripts.run(tenant).query('select * from taken')).rejects.toMatchObject({
      code: 'sql_not_allowed',
    })
    await share(table, "'tenant', name => 'taken'")
  })

  test('is for nobody who may not create in pgscript_shared, nor does what the table itself refuses', async () => {
    const role = await givenHostRole(database, [])
    const table = await givenTable('tenant text')
    const attempt = (grant: string) =>
      transaction({ pool: database.owner }, async (client) => {
        await client.query(grant)
        await client.query(`set local role ${role}`)
        await client.query(`select pgscript.share_table('${table}', 'tenant')`)
      })
    await expect(attempt('select 1')).rejects.toMatchObject({ code: 'permission_denied', status: 403 })
    await expect(attempt(`grant select on ${table} to ${role}`)).rejects.toMatchObject({
      code: 'permission_denied',
    })
    await expect(attempt(`grant usage, create on schema pgscript_shared to ${role}`)).rejects.toMatchObject({
      code: 'permission_denied',
    })
  })

  test('is listed, typed, and written down with who did it', async () => {
    await database.owner.query("create type mood as enum ('good', 'bad')")
    const table = await givenTable(
      'tenant text not null, id bigint not null, mood mood, tags text[], data jsonb, total numeric not null',
    )
    await database.owner.query(`comment on column ${table}.total is 'Internal.'`)
    await share(table, `'tenant', name => 'listed', ${writing}`)
    await database.owner.query("comment on column pgscript_shared.listed.total is 'With tax.'")

    const [listed] = await asOwner(database, "select * from pgscript.shared_tables() where name = 'listed'")
    expect(listed).toEqual({
      name: 'listed',
      source: `public.${table}`,
      tenant_column: 'tenant',
      columns: ['tenant', 'id', 'mood', 'tags', 'data', 'total'],
      access: ['read', 'insert', 'update', 'delete'],
      global: false,
      shared_by: expect.any(String),
    })
    const [types] = await asOwner<{ text: string }>(database, 'select pgscript.shared_table_types() as text')
    expect(types?.text).toContain(`  "listed": {
    "tenant": string
    "id": number | string
    "mood": "good" | "bad" | null
    "tags": Array<string> | null
    "data": unknown | null
    /** With tax. */
    "total": string
  }`)
    await asOwner(database, "select pgscript.unshare_table('listed')")
    const log = await asOwner(
      database,
      "select action, actor_role, details ->> 'source' as source from pgscript.sharing_log() where name = 'listed'",
    )
    const { rows } = await database.owner.query('select session_user as name')
    expect(log).toEqual([
      { action: 'table.shared', actor_role: rows[0].name, source: `public.${table}` },
      { action: 'table.unshared', actor_role: rows[0].name, source: null },
    ])
    await expect(database.owner.query('delete from pgscript_engine.sharing_log')).rejects.toMatchObject({
      constraint: 'append_only',
    })
  })

  test('warns of what of the table crosses the border between tenants', async () => {
    const parent = await givenTable('id int primary key')
    const table = await givenTable(`tenant text, id int unique, parent int references ${parent}`)
    const role = await givenHostRole(database, [])
    await database.owner.query(`alter table ${table} enable row level security; grant all on ${table} to ${role};
      grant usage, create on schema pgscript_shared to ${role}`)
    const client = await database.owner.connect()
    const warnings: string[] = []
    client.on('notice', ({ message }) => warnings.push(String(message)))
    await client.query(`set role ${role}`)
    await client.query(`select pgscript.share_table('${table}', 'tenant', access => array['insert'])`)
    client.release(true)
    expect(warnings).toEqual([
      expect.stringContaining('Row-level security of'),
      expect.stringContaining(`The unique index public.${table}_id_key does not hold tenant`),
      expect.stringContaining(`The foreign key ${table}_parent_fkey does not hold tenant`),
    ])
  })

  test('leaves the catalog without a fault', async () => {
    const faults = await asOwner(database, 'select * from pgscript_engine.catalog_faults()')
    expect(faults).toEqual([])
  })
})

describe("a host application's own table", () => {
  const database = useDatabase()
  const scripts = useScripts(database, 2)
  const app = `app_${randomBytes(5).toString('hex')}`
  const clerk = `clerk_${randomBytes(5).toString('hex')}`
  let one: GivenTenant
  let two: GivenTenant

  beforeAll(async () => {
    const { owner } = database
    await owner.query(`create role ${app}; create role ${clerk}; create schema shop authorization ${app}`)
    for (const [key, set] of [
      [
        '1',
        (given: GivenTenant) => {
          one = given
        },
      ],
      [
        '2',
        (given: GivenTenant) => {
          two = given
        },
      ],
    ] as const) {
      const [given] = await asOwner<GivenTenant>(database, 'select id, key from pgscript.upsert_tenant($1)', [
        key,
      ])
      if (given) set(given)
    }
    await as(app, async (client) => {
      await client.query(`
        create table shop.invoices (tenant_id integer not null, id serial primary key, text text, changed_by text);
        insert into shop.invoices (tenant_id, text) values (1, 'one'), (2, 'two');
        alter table shop.invoices enable row level security;
        create policy clerks on shop.invoices to ${clerk} using (tenant_id = current_setting('app.tenant')::int);
        grant usage on schema shop to ${clerk};
        grant select, insert, update, delete on shop.invoices to ${clerk};
        grant usage on sequence shop.invoices_id_seq to ${clerk};
        create function shop.note() returns trigger language plpgsql as $$begin new.changed_by := 'trigger'; return new; end$$;
        create trigger note before insert or update on shop.invoices for each row execute function shop.note()`)
    })
    // What the installing role gives the owner of tables, once.
    await owner.query(`select pgscript.grant_integrator('${app}', '{}');
      grant usage, create on schema pgscript_shared to ${app}`)
  })
  afterAll(async () => {
    await database.owner.query(`drop owned by ${app}, ${clerk} cascade; drop role ${app}; drop role ${clerk}`)
  })

  async function as<T>(role: string, work: (client: PoolClient) => Promise<T>): Promise<T> {
    return await transaction({ pool: database.owner }, async (client) => {
      await client.query(`set local role ${role}`)
      return await work(client)
    })
  }

  /** Everything that the catalog knows of the host's own. */
  async function catalog() {
    const { rows } = await database.owner.query(
      `select
         (select json_agg(c order by c.relname) from (select relname, relowner, relacl::text, relrowsecurity, relforcerowsecurity, relhastriggers, reloptions from pg_class where relnamespace = 'shop'::regnamespace) as c) as relations,
         (select json_agg(a order by a.attrelid, a.attnum) from (select attrelid, attnum, attname, atttypid, attnotnull, atthasdef, attacl::text from pg_attribute where attrelid = 'shop.invoices'::regclass) as a) as fields,
         (select json_agg(p order by p.polname) from (select polname, polroles::text, pg_get_expr(polqual, polrelid) as qual from pg_policy where polrelid = 'shop.invoices'::regclass) as p) as policies,
         (select json_agg(t order by t.tgname) from (select tgname, tgenabled, tgfoid from pg_trigger where tgrelid = 'shop.invoices'::regclass) as t) as triggers,
         (select json_agg(r order by r.rulename) from (select rulename from pg_rewrite where ev_class = 'shop.invoices'::regclass) as r) as rules,
         (select nspacl::text from pg_namespace where nspname = 'shop') as schema_rights,
         (select json_agg(f order by f.proname) from (select proname, proacl::text, proowner from pg_proc where pronamespace = 'shop'::regnamespace) as f) as functions`,
    )
    return rows
  }

  const clerkSees = () =>
    as(clerk, async (client) => {
      await client.query("set local app.tenant = '1'")
      return (await client.query('select tenant_id, text from shop.invoices order by id')).rows
    })

  test('is shared, read, written and taken back, and its own roles see no difference', async () => {
    const before = await catalog()
    const seenBefore = await clerkSees()
    await as(app, (client) =>
      client.query("select pgscript.share_table('shop.invoices', 'tenant_id', access => array['write'])"),
    )
    expect(await catalog()).toEqual(before)

    const run = scripts.run(one)
    expect(await run.query('select text from invoices')).toEqual([{ text: 'one' }])
    const [written] = await run.query(
      "insert into invoices (text) values ('written') returning tenant_id, id, changed_by",
    )
    expect(written).toEqual({ tenant_id: 1, id: 3, changed_by: 'trigger' })
    expect(await run.execute("update invoices set text = text || '!'")).toEqual({ rowCount: 2 })
    expect(await run.execute("delete from invoices where text = 'written!'")).toEqual({ rowCount: 1 })
    expect(await scripts.run(two).query('select text from invoices')).toEqual([{ text: 'two' }])
    await run.execute("update invoices set text = 'one'")

    expect(await catalog()).toEqual(before)
    expect(await clerkSees()).toEqual(seenBefore)
    await as(app, (client) => client.query("select pgscript.unshare_table('invoices')"))
    expect(await catalog()).toEqual(before)
    const { rows } = await database.owner.query(
      "select proname from pg_proc where pronamespace = 'pgscript_shared'::regnamespace",
    )
    expect(rows).toEqual([{ proname: 'enter_script' }])
  })

  test('keeps a column that is shared until it is taken back', async () => {
    await as(app, (client) => client.query("select pgscript.share_table('shop.invoices', 'tenant_id')"))
    const drop = () => as(app, (client) => client.query('alter table shop.invoices drop column text'))
    await expect(drop()).rejects.toMatchObject({ code: '2BP01' })
    await as(app, (client) => client.query("select pgscript.unshare_table('invoices')"))
    await drop()
  })
})
