import { beforeAll, describe, expect, test } from 'vitest'

import { asOwner } from '../support/call.ts'
import { givenSource, whenFinished } from '../support/executions-of.ts'
import { givenApiKey, usualScopes } from '../support/given-api-key.ts'
import { givenEventScript } from '../support/given-event-script.ts'
import { type GivenScript, judge } from '../support/given-script.ts'
import { type GivenTenant, type GivenUser, givenTenant, givenUser, onlyRow } from '../support/given-tenant.ts'
import { useNode } from '../support/use-node.ts'

const node = useNode()
const tells = 'export default (_, { user, organizationId }) => ({ user, organizationId })'
let tenant: GivenTenant
let script: GivenScript

beforeAll(async () => {
  tenant = await givenTenant(node.database)
  script = await givenSource(node.database, tenant, tells)
})

async function givenMember(organization: string | null = null) {
  const user = await givenUser(node.database)
  const join = `select pgscript.set_membership($1, $2, 'developer', organization_id => $3)`
  await asOwner(node.database, join, [tenant.key, user.email, organization])
  return { user, key: await keyFor(user) }
}
async function keyFor(user: GivenUser): Promise<string> {
  const text = `select pgscript.create_api_key($1, 'test', $2, for_user => $3) as key`
  const scopes = [...usualScopes, 'scripts.update']
  return onlyRow(await asOwner<{ key: string }>(node.database, text, [tenant.key, scopes, user.email])).key
}
const outputFor = async (key: string, name = script.name) =>
  (await node.ask('/api/executions', { key, json: { script: name, wait: 20 } })).body.output

describe('context.user', () => {
  test('is the member whose key asked, with all that their role allows', async () => {
    const { user, key } = await givenMember()
    expect(await outputFor(key)).toEqual({
      user: {
        id: user.id,
        externalId: null,
        email: user.email,
        name: user.email,
        roles: ['developer'],
        permissions: [
          'dead_letters.manage',
          'executions.read',
          'scripts.create',
          'scripts.execute',
          'scripts.read',
          'scripts.update',
        ],
      },
      organizationId: null,
    })
  })

  test('is null for a key that acts for nobody', async () => {
    const key = await givenApiKey(node.database, tenant)
    expect(await outputFor(key)).toEqual({ user: null, organizationId: null })
  })

  test('is null for what an event runs, whoever published it', async () => {
    const { user, key } = await givenMember('north')
    const { id } = await givenEventScript(
      node.database,
      tenant,
      { events: ['a.happened'] },
      { source: tells },
    )
    await node.ask('/api/events', { key, json: { type: 'a.happened' } })
    await whenFinished(node.database, tenant)
    const { rows } = await node.database.owner.query(
      'select user_id, output from pgscript.executions where script_id = $1',
      [id],
    )
    expect(rows).toEqual([{ user_id: user.id, output: { user: null, organizationId: null } }])
  })
})

describe('context.organizationId', () => {
  test("is the user's, else the script's", async () => {
    const ofTheSouth = await givenSource(node.database, tenant, tells)
    const { name } = ofTheSouth
    const move = `select pgscript.save_script($1, $2, organization_id => 'south')`
    await asOwner(node.database, move, [tenant.key, name])
    await judge(node.database, ofTheSouth, 2, 'accepted')
    await asOwner(node.database, 'select pgscript.activate_script($1, $2)', [tenant.key, name])
    const [north, nowhere] = [await givenMember('north'), await givenMember()]
    const nobody = await givenApiKey(node.database, tenant)
    expect((await outputFor(north.key, name)).organizationId).toBe('north')
    expect((await outputFor(nowhere.key, name)).organizationId).toBe('south')
    expect((await outputFor(nobody, name)).organizationId).toBe('south')
    expect((await outputFor(north.key)).organizationId).toBe('north')
  })
})
