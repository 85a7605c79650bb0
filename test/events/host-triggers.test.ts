import { describe, expect, test } from 'vitest'

import { givenHostRole } from '../support/call.ts'
import { whenFinished } from '../support/executions-of.ts'
import { eventsOf, givenEventScript, insertEvent } from '../support/given-event-script.ts'
import { givenTenant } from '../support/given-tenant.ts'
import { useNode } from '../support/use-node.ts'

describe('a trigger of the host, on a table that scripts write', () => {
  const node = useNode()

  test('publishes one deeper in the chain of the script, and for no other tenant', async () => {
    const own = await givenTenant(node.database)
    const other = await givenTenant(node.database)
    const { owner } = node.database
    const role = await givenHostRole(node.database, [other.key])
    await owner.query(`create schema chores authorization ${role}`)
    await owner.query('create table chores.done (tenant text, place text, value integer)')
    await owner.query(
      `create function chores.tell() returns trigger language plpgsql security definer as $$
       begin insert into pgscript.events (tenant_key, type) values (new.place, 'chore.done'); return null; end $$`,
    )
    await owner.query(`alter function chores.tell() owner to ${role}`)
    await owner.query(
      'create trigger tell after insert on chores.done for each row execute function chores.tell()',
    )
    await owner.query(
      "select pgscript.share_table('chores.done', 'tenant', name => 'chores', access => '{read,insert}')",
    )
    const source = (place: string) => `import { db } from 'pgscript'
export default async () => await db.execute('insert into chores (place) values ($1)', ['${place}']).then(() => 'told', ({ code }) => code)`
    await givenEventScript(node.database, own, { events: ['chore.*'] }, { source: source(own.key) })
    await givenEventScript(node.database, own, { events: ['elsewhere'] }, { source: source(other.key) })
    await insertEvent(node.database, own, 'elsewhere')
    await insertEvent(node.database, own, 'chore.done')
    const finished = await whenFinished(node.database, own)
    expect(finished.filter(({ output }) => output === 'told')).toHaveLength(16)
    expect(finished).toHaveLength(17)
    expect(await eventsOf(node.database, other)).toEqual([])
    const events = (await eventsOf(node.database, own)).filter(({ type }) => type === 'chore.done')
    expect(events.map(({ depth }) => depth)).toEqual([...Array(17).keys()])
    expect(events.at(-1)).toMatchObject({ refused_code: 'causation_depth', source: 'sql' })
    const { rows } = await owner.query(
      'select count(distinct cause_execution_id)::int as causes from pgscript.events where tenant_id = $1',
      [own.id],
    )
    expect(rows).toEqual([{ causes: 16 }])
  })
})
