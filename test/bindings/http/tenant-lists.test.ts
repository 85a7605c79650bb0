import { describe, expect, test } from 'vitest'

import { tenantAllows } from '../../../src/bindings/http/host-patterns.ts'
import { query } from '../../../src/database/database.ts'
import { asOwner } from '../../support/call.ts'
import { givenTenant, onlyRow } from '../../support/given-tenant.ts'
import { useDatabase } from '../../support/use-database.ts'

describe('http_allow and http_deny', () => {
  test.each([
    ['everything is allowed where nothing is said', 'api.example.com', {}, true],
    ['lists of nothing say nothing', 'api.example.com', { http_allow: [], http_deny: [] }, true],
    ['a name that is allowed', 'api.example.com', { http_allow: ['API.example.com.'] }, true],
    ['a name that is not', 'api.example.org', { http_allow: ['api.example.com'] }, false],
    ['a name below an allowed one', 'a.api.example.com', { http_allow: ['api.example.com'] }, false],
    ['a wildcard, for one label', 'api.example.com', { http_allow: ['*.example.com'] }, true],
    ['a wildcard, for two labels', 'a.b.example.com', { http_allow: ['*.example.com'] }, true],
    ['a wildcard is not for the name itself', 'example.com', { http_allow: ['*.example.com'] }, false],
    ['a wildcard ends at a dot', 'badexample.com', { http_allow: ['*.example.com'] }, false],
    ['a name that continues', 'api.example.com.evil.test', { http_allow: ['api.example.com'] }, false],
    ['a star is for every host', 'api.example.com', { http_deny: ['*'] }, false],
    [
      'what is denied is so, though it is allowed',
      'a.test',
      { http_allow: ['a.test'], http_deny: ['*.test'] },
      false,
    ],
    ['other letters', 'xn--bcher-kva.example', { http_allow: ['b\u00fccher.example'] }, true],
    ['an IPv4 address', '93.184.215.14', { http_deny: ['93.184.215.14'] }, false],
    [
      'an IPv6 address, in another spelling',
      '2606:4700::1111',
      { http_deny: ['[2606:4700:0::1111]'] },
      false,
    ],
  ])('%s', (_what, host, settings, allowed) => {
    expect(tenantAllows(host, settings)).toBe(allowed)
  })
})

describe('as settings of a tenant', () => {
  const database = useDatabase()

  const set = (key: string, settings: unknown) =>
    asOwner<{ settings: Record<string, unknown> }>(
      database,
      'select pgscript.set_tenant_settings($1, $2) as settings',
      [key, JSON.stringify(settings)],
    )

  test('they are empty at first, kept as given, and reach a run', async () => {
    const tenant = await givenTenant(database)
    const read = async () => {
      const rows = await query<{ settings: Record<string, unknown> }>(
        database.node,
        'select pgscript_engine.settings_for($1) as settings',
        [tenant.id],
      )
      return onlyRow(rows).settings
    }
    expect(await read()).toMatchObject({ http_allow: [], http_deny: [] })
    const lists = {
      http_allow: [
        'api.example.com',
        '*.example.org',
        '[2606:4700::1111]',
        '93.184.215.14',
        'xn--bcher-kva.example',
      ],
      http_deny: ['*'],
    }
    await set(tenant.key, lists)
    expect(await read()).toMatchObject(lists)
    await set(tenant.key, { http_deny: null })
    expect(await read()).toMatchObject({ ...lists, http_deny: [] })
  })

  test.each([
    'https://example.com',
    'example.com/path',
    'example.com:443',
    'user@example.com',
    '*example.com',
    'a.*.example.com',
    '**',
    '*.',
    '.example.com',
    'exa mple.com',
    'example.com\nother.com',
    '2606:4700::1111',
    '[api.example.com]',
    '',
  ])('a pattern that could match nothing is refused: %j', async (pattern) => {
    const tenant = await givenTenant(database)
    for (const name of ['http_allow', 'http_deny'])
      await expect(set(tenant.key, { [name]: ['example.com', pattern] })).rejects.toMatchObject({
        code: 'invalid_setting',
        field: `settings.${name}`,
        message: expect.stringContaining('a host such as api.example.com, or *.example.com'),
      })
  })

  test.each([
    ['text', 'example.com'],
    ['object', { 0: 'example.com' }],
    ['number in a list', [7]],
  ])('what is no list of texts is refused: %s', async (_what, value) => {
    const tenant = await givenTenant(database)
    await expect(set(tenant.key, { http_allow: value })).rejects.toMatchObject({ code: 'invalid_setting' })
  })
})
