import { beforeAll, describe, expect, test } from 'vitest'

import { createSecretKeys } from '../../src/bindings/secret-keys.ts'
import { storeSecret } from '../../src/bindings/store-secret.ts'
import { parsePrivateTargets } from '../../src/private-targets.ts'
import { listenHttp } from '../bindings/http/listeners.ts'
import { asOwner } from '../support/call.ts'
import { givenApiKey } from '../support/given-api-key.ts'
import { type GivenTenant, givenTenant, identityIn } from '../support/given-tenant.ts'
import { complaints } from '../support/script-types.ts'
import { until } from '../support/until.ts'
import { useNode } from '../support/use-node.ts'
import { type Example, examplesOf } from './examples.ts'

const examples = ['docs/script-api.md', 'docs/scripts.md'].flatMap(examplesOf)

/** Stands for https://api.example, which the examples call. */
const server = await listenHttp(({ method, url }, response) => {
  if (method === 'OPTIONS') response.writeHead(204).end()
  else if (url?.startsWith('/rates')) json(200, { EUR: 0.9 })
  else json(201, { id: 7 })
  function json(status: number, value: object) {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
  }
})
const address = `127.0.0.1:${server.port}`
const egressAllowPrivate = parsePrivateTargets(address)
if (!egressAllowPrivate) throw new Error('the listener has no address')

const pricing = 'export const vat = (net) => net * 1.2'

describe('the examples of the script API', () => {
  const node = useNode({
    config: { egressAllowPrivate, scriptConnections: 2, roles: ['http', 'executor', 'scheduler'] },
  })
  const tenants = new Map<Example, GivenTenant>()

  beforeAll(async () => {
    await givenTables()
    for (const example of examples) tenants.set(example, await givenShopKeeper())
    await Promise.all(examples.map(prepare))
  }, 60_000)

  async function givenTables() {
    await node.database.owner.query(`
      create table orders (shop text not null, id bigserial, total integer, state text not null default 'open', primary key (shop, id));
      create table bookings (shop text not null, id bigint, customer text, net integer, primary key (shop, id));
      select pgscript.share_table('orders', 'shop', access => array['read', 'write']);
      select pgscript.share_table('bookings', 'shop', access => array['read', 'write'])`)
  }

  /** A tenant with what the examples find: rows, a secret, a variable. */
  async function givenShopKeeper(): Promise<GivenTenant> {
    const { database } = node
    const tenant = await givenTenant(database)
    await database.owner.query("insert into orders values ($1, 17, 120, 'paid')", [tenant.key])
    await database.owner.query("insert into bookings values ($1, 17, 'Ann', 100), ($1, 18, 'Ann', 50)", [
      tenant.key,
    ])
    await database.owner.query(`select pgscript.set_variable($1, 'vat', '{"normal": 0.2}')`, [tenant.key])
    const keys = createSecretKeys(database.cluster.secret)
    await storeSecret({ database: database.node, keys }, identityIn(tenant), {
      tenantKey: null,
      name: 'STRIPE_KEY',
      value: 'sk_test_of_the_examples',
    })
    return tenant
  }

  async function prepare(example: Example) {
    const tenant = tenants.get(example) as GivenTenant
    if (example.source.includes('pgscript:lib/')) await save(tenant, 'pricing', pricing, 'embedded')
    const source = example.source.replaceAll('https://api.example', `http://${address}`)
    await save(tenant, 'example', source, 'one_off')
  }

  /** Saved, accepted by the node's own check, and active. */
  async function save(tenant: GivenTenant, name: string, source: string, type: string) {
    await asOwner(node.database, 'select pgscript.save_script($1, $2, $3, $4)', [
      tenant.key,
      name,
      source,
      type,
    ])
    const state = await until(async () => {
      const [version] = await asOwner<{ state: string; findings: unknown }>(
        node.database,
        `select verdict.state, verdict.findings from pgscript.version_checks as verdict
         join pgscript.scripts as script on script.tenant_id = verdict.tenant_id and script.id = verdict.script_id
         where script.tenant_id = $1 and script.name = $2 and verdict.state <> 'unchecked'`,
        [tenant.id, name],
      )
      return version
    })
    expect(state, source).toMatchObject({ state: 'accepted' })
    await asOwner(node.database, 'select pgscript.activate_script($1, $2)', [tenant.key, name])
  }

  test('are found, also those that say what they give', () => {
    expect(examples.length).toBeGreaterThan(15)
    expect(examples.filter(({ returns }) => returns !== undefined).length).toBeGreaterThan(10)
  })

  test('fit the types', () => {
    // A library is a tenant's own, so nothing declares it.
    const checked = examples.filter(({ source }) => !source.includes('pgscript:lib/'))
    const faults = checked.map(({ place, source }) => [place, complaints(source, { strict: false })])
    expect(faults.filter(([, found]) => found?.length)).toEqual([])
  })

  test.for(examples.map((example) => [example.place, example] as const))('%s', async ([, example]) => {
    const key = await givenApiKey(node.database, tenants.get(example) as GivenTenant)
    const { body } = await node.ask('/api/executions', {
      key,
      json: { script: 'example', input: { id: 17, net: 100 }, wait: 20 },
    })
    if (example.endsWith !== undefined) return expect(body.error).toMatchObject({ code: example.endsWith })
    expect(body).toMatchObject({ status: 'completed', error: null })
    if (example.returns !== undefined) expect(body.output).toEqual(JSON.parse(example.returns))
  })
})
