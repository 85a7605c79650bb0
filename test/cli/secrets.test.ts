import { describe, expect, test } from 'vitest'

import { asOwner } from '../support/call.ts'
import { givenScript } from '../support/given-script.ts'
import { givenTenant } from '../support/given-tenant.ts'
import { useCli } from '../support/use-cli.ts'

describe('pgscript secrets', () => {
  const cli = useCli()

  test('sets from standard input, lists, changes and deletes, and never prints a value', async () => {
    const tenant = await givenTenant(cli.database)
    const script = await givenScript(cli.database, tenant)
    const value = 'a value nobody prints'
    const args = ['KEY', '--tenant', tenant.key]
    const set = await cli(['secrets', 'set', ...args, '--description', 'what for', '--json'], {
      stdin: `${value}\n`,
    })
    expect(set).toMatchObject({ code: 0, json: { name: 'KEY', version: 1, scripts: null, masked: true } })
    const change = await cli.here(['secrets', 'change', ...args, '--scripts', script.name])
    expect(change).toMatchObject({ code: 0, stdout: 'Secret KEY is changed.\n' })
    const list = await cli.here(['secrets', 'list', '--tenant', tenant.key])
    expect(list.stdout).toBe(`KEY  version 1  ${script.name}  what for\n`)
    const removed = await cli.here(['secrets', 'delete', ...args, '--json'])
    expect(removed.json).toEqual({ name: 'KEY', deleted: true })
    expect((await cli.here(['secrets', 'list', '--tenant', tenant.key])).stdout).toBe('No secrets yet.\n')
    for (const { stdout, stderr } of [set, change, list, removed])
      expect(stdout + stderr).not.toContain(value)
  })

  test('takes no value as an argument', async () => {
    const { code, stderr } = await cli.here(['secrets', 'set', 'KEY', 'hunter2'])
    expect(code).toBe(2)
    expect(stderr).toContain('standard input')
    expect(stderr).not.toContain('hunter2')
  })

  test('says what is missing, and exits as it should', async () => {
    const { key } = await givenTenant(cli.database)
    expect(await cli.here(['secrets', 'delete', '--tenant', key])).toMatchObject({ code: 2 })
    expect(await cli.here(['secrets', 'delete', 'KEY', '--tenant', key, '--json'])).toMatchObject({
      code: 3,
      json: { error: { code: 'secret_not_found', field: 'name' } },
    })
    expect(await cli.here(['secrets', 'list', '--tenant', 'nobody', '--json'])).toMatchObject({
      code: 3,
      json: { error: { code: 'tenant_not_found' } },
    })
    expect(await cli(['secrets', 'set', 'KEY', '--tenant', key, '--json'])).toMatchObject({
      code: 2,
      json: { error: { code: 'invalid_value', field: 'value' } },
    })
  })

  test('re-encrypts all under a new secret, given the one before', async () => {
    const { key, id } = await givenTenant(cli.database)
    await cli(['secrets', 'set', 'KEY', '--tenant', key], { stdin: 'some value or other' })
    const keyId = async () =>
      (
        await asOwner<{ key_id: string }>(
          cli.database,
          'select key_id from pgscript_private.secret_values where tenant_id = $1',
          [id],
        )
      )[0]?.key_id
    const before = await keyId()
    const PGSCRIPT_SECRET = 'another secret of thirty-two or more characters'
    const environment = { PGSCRIPT_SECRET }
    try {
      const failed = await cli.here(['secrets', 'rotate-key', '--json'], { environment })
      expect(failed).toMatchObject({ code: 3, json: { error: { code: 'secrets_unreadable' } } })
      expect(await keyId()).toBe(before)
      const rotated = await cli.here(['secrets', 'rotate-key', '--json'], {
        environment: { PGSCRIPT_SECRET, PGSCRIPT_SECRET_PREVIOUS: cli.database.cluster.secret },
      })
      expect(rotated).toMatchObject({ code: 0, json: { reencrypted: 1 } })
      expect(await keyId()).not.toBe(before)
    } finally {
      await cli.here(['migrate'])
    }
  })
})

describe('pgscript variables', () => {
  const cli = useCli()

  test('sets, lists and deletes', async () => {
    const { key } = await givenTenant(cli.database)
    const set = await cli.here(['variables', 'set', 'vat', '{"normal": 0.2}', '--tenant', key, '--json'])
    expect(set).toMatchObject({ code: 0, json: { name: 'vat', value: { normal: 0.2 } } })
    expect((await cli.here(['variables', 'list', '--tenant', key])).stdout).toBe('vat = {"normal":0.2}\n')
    expect((await cli.here(['variables', 'delete', 'vat', '--tenant', key])).stdout).toBe(
      'Variable vat is deleted.\n',
    )
    expect((await cli.here(['variables', 'list', '--tenant', key])).stdout).toBe('No variables yet.\n')
    expect(await cli.here(['variables', 'set', 'vat', '0,2', '--tenant', key])).toMatchObject({ code: 2 })
    expect(await cli.here(['variables', 'set', 'vat', '--tenant', key])).toMatchObject({ code: 2 })
  })
})
