import { describe, expect, test } from 'vitest'

import { useCli } from '../support/use-cli.ts'

const cli = useCli()
const json = async (...args: string[]) => {
  const { code, json, stderr } = await cli.here([...args, '--json'])
  return { code, stderr, ...(Array.isArray(json) ? { rows: json } : json) }
}

describe('tenant', () => {
  test('create, update, suspend, resume, list', async () => {
    expect(await json('tenant', 'create', 'acme', '--name', 'Acme Ltd')).toMatchObject({
      code: 0,
      key: 'acme',
      name: 'Acme Ltd',
      status: 'active',
      id: expect.any(String),
    })
    expect(await json('tenant', 'update', 'acme', '--name', 'Acme')).toMatchObject({ name: 'Acme' })
    expect(await json('tenant', 'suspend', 'acme')).toMatchObject({ status: 'suspended' })
    expect(await json('tenant', 'resume', 'acme')).toMatchObject({ status: 'active', name: 'Acme' })
    const { rows } = await json('tenant', 'list')
    expect(rows).toContainEqual(expect.objectContaining({ key: 'acme', name: 'Acme', status: 'active' }))
    expect((await cli.here(['tenant', 'list'])).stdout).toContain('acme  Acme  active\n')
  })

  test('of a key that is not there', async () => {
    for (const verb of ['suspend', 'resume']) {
      expect(await json('tenant', verb, 'nobody')).toMatchObject({
        code: 3,
        error: { code: 'tenant_not_found', message: expect.stringContaining('tenant create') },
      })
    }
  })

  test.each([
    [['suspend'], 2, 'tenant suspend: give the KEY of the tenant.'],
    [['create', ''], 2, 'give the KEY'],
    [['create', 'x'.repeat(201)], 2, 'key'],
  ])('%j is refused', async (args, code, message) => {
    const answer = await json('tenant', ...args)
    expect(answer.code).toBe(code)
    expect(answer.error.message).toContain(message)
  })

  test('key prints a key that works, with the scopes it was given', async () => {
    await json('tenant', 'create', 'keyed')
    const { apiKey } = await json(
      'tenant',
      'key',
      'keyed',
      '--scope',
      'audit.read',
      '--scope',
      'scripts.read',
    )
    expect(apiKey).toMatch(/^pgs_[0-9a-f]{64}$/)
    const { rows } = await cli.database.owner.query(
      'select permissions from pgscript_engine.authenticate_api_key($1)',
      [apiKey],
    )
    expect(rows).toEqual([{ permissions: ['audit.read', 'scripts.read'] }])
    const plain = await cli.here(['tenant', 'key', 'keyed', '--expires', '2999-01-01T00:00:00Z'])
    expect(plain.stdout).toMatch(/^pgs_[0-9a-f]{64}\n$/)
  })

  test.each([
    [['--scope', 'everything'], 2, 'invalid_scope'],
    [['--expires', 'soon'], 2, 'invalid_configuration'],
    [['--expires', '2001-01-01'], 2, 'invalid_expiry'],
  ])('key refuses %j', async (args, exit, error) => {
    await json('tenant', 'create', 'keyed')
    const answer = await json('tenant', 'key', 'keyed', ...args)
    expect(answer).toMatchObject({ code: exit, error: { code: error } })
  })

  test('key of a tenant that is not there', async () => {
    expect(await json('tenant', 'key', 'nobody')).toMatchObject({
      code: 3,
      error: { code: 'tenant_not_found' },
    })
  })
})

describe('user', () => {
  test('create, set-role, list, remove', async () => {
    await json('tenant', 'create', 'club')
    expect(
      await json(
        'user',
        'create',
        '--email',
        'ann@example.com',
        '--name',
        'Ann',
        '--tenant',
        'club',
        '--role',
        'viewer',
      ),
    ).toMatchObject({ code: 0, email: 'ann@example.com', name: 'Ann', is_operator: false })
    expect(await json('user', 'set-role', 'ann@example.com', '--tenant', 'club', '--role', 'admin')).toEqual({
      code: 0,
      stderr: '',
      member: 'ann@example.com',
      tenant: 'club',
      role: 'admin',
    })
    const { rows } = await json('user', 'list', '--tenant', 'club')
    expect(rows).toEqual([expect.objectContaining({ email: 'ann@example.com', roles: { club: 'admin' } })])
    expect(await json('user', 'remove', 'ann@example.com', '--tenant', 'club')).toMatchObject({
      code: 0,
      role: null,
    })
    expect((await json('user', 'list', '--tenant', 'club')).rows).toEqual([])
    expect((await cli.here(['user', 'list', '--tenant', 'club'])).stdout).toBe('No users yet.\n')
  })

  test('create makes an operator, and takes an id of the platform', async () => {
    expect(await json('user', 'create', '--external-id', '42', '--name', 'Op', '--operator')).toMatchObject({
      code: 0,
      external_id: '42',
      is_operator: true,
    })
  })

  test.each([
    [['create'], 2],
    [['create', '--email', 'no address'], 2],
    [['set-role', 'ann@example.com'], 2],
    [['set-role', 'nobody@example.com', '--tenant', 'club', '--role', 'admin'], 3],
    [['set-role', 'ann@example.com', '--tenant', 'nowhere', '--role', 'admin'], 3],
    [['set-role', 'ann@example.com', '--tenant', 'club', '--role', 'emperor'], 3],
    [['remove', 'ann@example.com'], 2],
  ])('%j ends with exit code %i and a message', async (args, code) => {
    const answer = await json('user', ...args)
    expect({ code: answer.code, stderr: answer.stderr }).toEqual({ code, stderr: '' })
    expect(answer.error.message.length).toBeGreaterThan(20)
    expect(answer.error.code).not.toMatch(/internal_error|database_error/)
  })

  test('create does nothing by half: an unknown tenant leaves no user', async () => {
    const answer = await json('user', 'create', '--email', 'half@example.com', '--tenant', 'nowhere')
    expect(answer).toMatchObject({ code: 3, error: { code: 'tenant_not_found' } })
    const { rows } = await cli.database.owner.query(
      "select from pgscript.users where email = 'half@example.com'",
    )
    expect(rows).toEqual([])
  })
})

describe('init', () => {
  test('makes the tenant, its admin and a key; again, it keeps them and makes another key', async () => {
    const first = await json('init', '--tenant', 'first', '--name', 'First', '--email', 'boss@example.com')
    expect(first).toMatchObject({ code: 0, tenant: 'first', admin: 'boss@example.com' })
    const second = await json('init', '--tenant', 'first')
    expect(second.apiKey).not.toBe(first.apiKey)
    const { rows } = await json('user', 'list', '--tenant', 'first')
    expect(rows).toEqual([expect.objectContaining({ is_operator: true, roles: { first: 'admin' } })])
    const { rows: tenants } = await json('tenant', 'list')
    expect(tenants).toContainEqual(expect.objectContaining({ key: 'first', name: 'First' }))
    for (const { apiKey } of [first, second]) {
      const { rows: holders } = await cli.database.owner.query(
        'select tenant_key from pgscript_engine.authenticate_api_key($1)',
        [apiKey],
      )
      expect(holders).toEqual([{ tenant_key: 'first' }])
    }
  })

  test('says for people what comes next', async () => {
    const { stdout } = await cli.here(['init', '--tenant', 'first'])
    expect(stdout).toMatch(
      /^Tenant {3}first\nAPI key {2}pgs_[0-9a-f]+ \(shown this once\)\n\nNext: `pgscript start`/,
    )
  })
})
