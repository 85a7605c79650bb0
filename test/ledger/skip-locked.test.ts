import { glob, readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'

import { transaction } from '../../src/database/database.ts'
import { asOwner } from '../support/call.ts'
import { givenTenant } from '../support/given-tenant.ts'
import { until } from '../support/until.ts'
import { type TestDatabase, useDatabase } from '../support/use-database.ts'
import { openTransaction } from './second-connection.ts'

/** Ways in which PostgreSQL may run a join; statistics decide which, so each must do. */
const plans: Readonly<Record<string, readonly string[]>> = {
  'of its own choice': [],
  'nested loops': ['enable_hashjoin', 'enable_mergejoin'],
  hashes: ['enable_nestloop', 'enable_mergejoin'],
  merges: ['enable_nestloop', 'enable_hashjoin'],
}

/** Runs one statement under a plan, and commits it. */
async function under(
  database: TestDatabase,
  { off, cache }: { off: readonly string[]; cache: string },
  text: string,
  values: unknown[],
) {
  return await transaction({ pool: database.owner }, async (client) => {
    for (const name of off) await client.query(`set local ${name} = off`)
    await client.query(`set local plan_cache_mode = ${cache}`)
    return (await client.query(text, values)).rows
  })
}

describe('rows that are chosen by skipping what is locked', () => {
  const database = useDatabase()
  /** Tests that count begin early in a minute, so that they end in it. */
  const earlyInAMinute = () => until(() => new Date().getUTCSeconds() < 45, { within: 20_000 })

  describe.each(Object.entries(plans))('with %s', (_, off) => {
    test.each(['force_custom_plan', 'force_generic_plan'])(
      'an event is counted once, however many sessions have published at the same time (%s)',
      async (cache) => {
        const tenant = await givenTenant(database)
        const quota = { events_per_minute: 100 }
        await asOwner(database, 'select pgscript.upsert_tenant($1, quotas => $2)', [tenant.key, quota])
        await earlyInAMinute()
        const left = 'select pgscript_engine.events_left($1, 1) as granted'
        const sessions = [openTransaction, openTransaction, openTransaction].map((open) => open(database))
        for (const session of await Promise.all(sessions)) await session.run(left, [tenant.id])
        for (const session of await Promise.all(sessions)) await session.commit()

        for (let n = 3; n < 100; n += 1) {
          expect(await under(database, { off, cache }, left, [tenant.id])).toEqual([{ granted: 1 }])
        }
        expect(await under(database, { off, cache }, left, [tenant.id])).toEqual([{ granted: 0 }])
        const used =
          'select sum(events)::integer as events from pgscript_engine.event_usage where tenant_id = $1'
        expect(await asOwner(database, used, [tenant.id])).toEqual([{ events: 100 }])
      },
    )

    test('nodes that are forgotten go, and no others', async () => {
      await asOwner(
        database,
        `insert into pgscript_engine.nodes (id, version, roles, capability_hash, seen_at, alive_until)
         select 'node-' || n, '0', '{}', sha256(convert_to('plan ' || n, 'UTF8')),
           now() - make_interval(hours => n % 2 * 2), now() + interval '1 hour'
         from generate_series(1, 40) as n on conflict do nothing`,
      )
      await under(database, { off, cache: 'auto' }, 'select pgscript_engine.requeue_lost()', [])
      const rest = await asOwner(
        database,
        "select count(*)::integer as nodes from pgscript_engine.nodes where id like 'node-%'",
      )
      expect(rest).toEqual([{ nodes: 20 }])
    })
  })

  /**
   * A subquery that a join may scan again skips what its own statement has changed by then, and chooses others.
   * So each such choice is the query of a cursor or of a single row, or stands in a materialized part.
   */
  test('are chosen once a statement, whatever the plan', async () => {
    const loose: string[] = []
    for await (const file of glob('sql/**/*.sql')) {
      const text = (await readFile(file, 'utf8')).replaceAll(/--.*|'[^']*'/g, '')
      for (const { index } of text.matchAll(/\bskip locked\b/g)) {
        const opened = enclosing(text, index)
        if (
          !/(\bas materialized|\bfrom) \($/.test(opened) &&
          !/^\s*(return query|perform|for \w+ in)\b/.test(opened)
        )
          loose.push(file)
      }
    }
    expect(loose).toEqual([])
  })
})

/** What the parenthesis around a place follows, or where there is none the beginning of its statement. */
function enclosing(text: string, place: number): string {
  let depth = 0
  for (let at = place - 1; at >= 0; at -= 1) {
    if (text[at] === ')') depth += 1
    else if (text[at] === '(' && depth > 0) depth -= 1
    else if (text[at] === '(') return text.slice(Math.max(0, at - 60), at + 1)
    else if (depth === 0 && /^(;|\bbegin\b|\bthen\b)/.test(text.slice(at, at + 5))) {
      return text.slice(at).replace(/^(;|begin|then)/, '')
    }
  }
  return text.slice(0, place)
}
