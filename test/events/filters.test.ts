import { describe, expect, test } from 'vitest'

import { deliveriesOf, givenEventScript, insertEvent } from '../support/given-event-script.ts'
import { givenTenant } from '../support/given-tenant.ts'
import { useDatabase } from '../support/use-database.ts'

describe('the filter of a subscription', () => {
  const database = useDatabase()

  async function matches(filter: string, payload: unknown): Promise<boolean> {
    const tenant = await givenTenant(database)
    await givenEventScript(database, tenant, { events: ['order.created'], filter })
    await insertEvent(database, tenant, 'order.created', payload)
    return (await deliveriesOf(database, tenant)).length === 1
  }

  test.each<[string, unknown, boolean]>([
    ['$.total > 100', { total: 101 }, true],
    ['$.total > 100', { total: 100 }, false],
    ['$.total > 100', { total: '101' }, false],
    ['$.total > 100', { total: null }, false],
    ['$.total > 100', {}, false],
    ['$.total > 100', null, false],
    ['$.total > 100', [{ total: 101 }], true],
    ['strict $.total > 100', [{ total: 101 }], false],
    ['strict $.total > 100', {}, false],
    ['$.total == null', { total: null }, true],
    ['$.total == null', {}, false],
    ['!exists($.total)', {}, true],
    ['exists($.total)', { total: null }, true],
    ['$.status == "paid" && $.total >= 10', { status: 'paid', total: 10 }, true],
    ['$.status == "paid" || $.total >= 10', { status: 'open', total: 1 }, false],
    ['$.lines[*].sku == "A1"', { lines: [{ sku: 'B2' }, { sku: 'A1' }] }, true],
    ['$.lines[*].sku == "A1"', { lines: [] }, false],
    ['exists($.lines[*] ? (@.sku == "A1" && @.count > 2))', { lines: [{ sku: 'A1', count: 3 }] }, true],
    ['exists($.lines[*] ? (@.sku == "A1" && @.count > 2))', { lines: [{ sku: 'A1', count: 1 }] }, false],
    ['$.lines.size() > 1', { lines: [1, 2] }, true],
    ['$.email like_regex "@example[.]com$"', { email: 'ann@example.com' }, true],
    ['$.sku starts with "A"', { sku: 'A1' }, true],
    ['$.paid == true', { paid: true }, true],
    ['$.total / $.count > 2', { total: 9, count: 0 }, false],
    ['$."odd key ($[*]) == 1" == 2', { 'odd key ($[*]) == 1': 2 }, true],
    ['$.at.datetime() > "2020-01-01".datetime()', { at: 'no date' }, false],
    ['$.at.datetime() > "2020-01-01".datetime()', { at: '2020-01-02' }, true],
    // A date beside a time with a zone is the beginning of that day in UTC.
    ['$.at.datetime() > "2020-01-01".datetime()', { at: '2020-01-01 00:00:01+00' }, true],
    ['$.at.datetime() > "2020-01-01".datetime()', { at: '2020-01-01 00:00:01+02' }, false],
    ['$.at.datetime() < "2020-01-01 12:00:00+00".datetime()', { at: '2020-01-01' }, true],
    ['$.at.datetime() > "11:00:00".datetime()', { at: '14:00:00+02' }, true],
    ['$."like_regex" == 1', { like_regex: 1 }, true],
    ['$.datetime == ".datetime()"', { datetime: '.datetime()' }, true],
    ['$."a$" == "$" && $."$"."b" == "$\\"$"', { a$: '$', $: { b: '$"$' } }, true],
    ['($.a > 1) is unknown', { a: 'x' }, true],
    ['$.a != null', { a: 1 }, true],
  ])('%s on %j: %j', async (filter, payload, expected) => {
    expect(await matches(filter, payload)).toBe(expected)
  })

  test.each([
    ['', 'an empty text'],
    ['$.total >', 'a syntax error'],
    ['$.lines[*] ? (@.count > 2)', 'a path, which says nothing'],
    ['$.total', 'a path'],
    ['null', 'a path, which is never true'],
    ['strict (null)', 'the same, exactly'],
    ['null ? (@ == null)', 'the same, filtered'],
    ['$.a == $v', 'a variable'],
    ['"x"', 'a constant'],
    [`$.total == "${'x'.repeat(1000)}"`, 'more than 1000 characters'],
    ['$.** == 1', 'every level'],
    ['exists($.a.**{2 to 9} ? (@ == 1))', 'levels'],
    ['exists($.a[*] ? (@.x == $.b[*].x))', 'the whole payload for each item'],
    ['exists($.a[*] ? (exists(@.x ? ($.b[*] == 1))))', 'the whole payload, deeper'],
    ['$.a[*] == $.b[*]', 'many with many'],
    ['($.a[*]) == ($.b[0 to 5])', 'many with many, in brackets'],
    ['$.a.* == $.b.*', 'many members with many members'],
    ['$.a[*] ? (@ > 1) == $.b[*]', 'many with many, filtered'],
    ['$.name like_regex "(a{1,200}){1,200}"', 'repetition counts'],
    ['$.name like_regex "(a)\\\\1"', 'a back reference'],
    [`$.name like_regex "${'a'.repeat(101)}"`, 'a long expression'],
    ['$.name like_regex "("', 'a broken expression'],
  ])('%s is refused at save: %s', async (filter) => {
    const tenant = await givenTenant(database)
    const saving = givenEventScript(database, tenant, { events: ['order.created'], filter })
    await expect(saving).rejects.toMatchObject({
      constraint: 'invalid_event_filter',
      column: 'config.filter',
    })
  })

  test.each([
    ['$.a == $v', /has the variable \$v, and there are no variables/],
    ['$.a starts with $x', /has the variable \$x, and there are no variables/],
    ['exists($.a ? (@ > $"odd name"))', /has the variable \$odd name, and there are no variables/],
    ['strict null', /is a path, not a condition/],
  ])('%s is refused at save with its reason', async (filter, message) => {
    const tenant = await givenTenant(database)
    const saving = givenEventScript(database, tenant, { events: ['order.created'], filter })
    await expect(saving).rejects.toMatchObject({ message: expect.stringMatching(message) })
  })
})
