import { createServer } from 'node:net'
import { describe, expect, test } from 'vitest'

import { useCli } from '../support/use-cli.ts'

const cli = useCli()

describe('a setting that cannot be used is named, with what it must be', () => {
  const number = (from: number, to: number) => `must be a number from ${from} to ${to}`
  const whole = (from: number, to: number) => `must be a whole number from ${from} to ${to}`
  const url = 'must be a URL such as postgres://user:password@host:5432/database'

  test.each([
    ['DATABASE_URL', 'mysql://localhost/x', url],
    ['DATABASE_URL', 'localhost', url],
    ['PGSCRIPT_MIGRATE_URL', 'x', url],
    ['PGSCRIPT_SCRIPT_URL', 'x', url],
    ['PGSCRIPT_LISTEN_URL', 'x', url],
    ['PGSCRIPT_ROLE_PREFIX', 'My-App', 'must be lower-case letters, digits and _'],
    ['PGSCRIPT_SECRET', 'short', 'must be at least 32 characters; `openssl rand -base64 32` makes one'],
    ['PORT', 'http', whole(0, 65_535)],
    ['PORT', '65536', whole(0, 65_535)],
    ['PGSCRIPT_ROLES', 'http,cook', 'must be one or more of http, executor, scheduler, with commas between'],
    ['PGSCRIPT_LOG_LEVEL', 'loud', 'must be one of trace, debug, info, warn, error, fatal, silent'],
    ['PGSCRIPT_SANDBOX_HOSTS', '0', whole(1, 64)],
    ['PGSCRIPT_RUNS_PER_HOST', '1.5', whole(1, 1_000)],
    ['PGSCRIPT_HOST_MEMORY_MB', '64', whole(128, 65_536)],
    ['PGSCRIPT_DATABASE_CONNECTIONS', '1', whole(2, 200)],
    ['PGSCRIPT_LEASE_SECONDS', '1', number(2, 120)],
    ['PGSCRIPT_DRAIN_SECONDS', '-1', number(0, 900)],
    ['PGSCRIPT_POLL_SECONDS', '0', number(0.05, 60)],
    ['PGSCRIPT_LISTENING_POLL_SECONDS', '301', number(0.05, 300)],
    ['PGSCRIPT_QUERY_SECONDS', '0', number(1, 600)],
    ['PGSCRIPT_EGRESS_ALLOW_PRIVATE', 'http://10.0.0.1', 'must be addresses, ranges or host names'],
    ['PGSCRIPT_EGRESS_ALLOW_PRIVATE', '10.0.0.0/33', 'must be addresses, ranges or host names'],
  ])('%s=%s', async (name, value, what) => {
    const { code, json, stderr } = await cli.here(['start', '--json'], { environment: { [name]: value } })
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' })
    expect(json.error).toEqual({
      code: 'invalid_configuration',
      message: expect.stringContaining(`\n  ${name}: ${what}`),
    })
  })

  test('all that are wrong at once', async () => {
    const environment = { PORT: 'x', PGSCRIPT_SECRET: 'y', PGSCRIPT_ROLES: 'a,b' }
    const { stderr } = await cli(['start'], { environment })
    expect(stderr.trim().split('\n')).toHaveLength(4)
  })

  test('an empty one counts as absent', async () => {
    const environment = { PORT: '', PGSCRIPT_LOG_LEVEL: '', PGSCRIPT_MIGRATE_URL: '' }
    expect(await cli.here(['tenant', 'list'], { environment })).toMatchObject({ code: 0, stderr: '' })
  })

  test('a data directory where nothing can be kept', async () => {
    const environment = {
      PGSCRIPT_DATA_DIR: `${cli.file('not-a-directory', '')}/data`,
      PGSCRIPT_SECRET: undefined,
    }
    const { code, json } = await cli.here(['tenant', 'list', '--json'], { environment })
    expect(code).toBe(2)
    expect(json.error.message).toMatch(/^PGSCRIPT_DATA_DIR: no secret can be kept in .*PGSCRIPT_SECRET\.$/)
  })
})

describe('a database that cannot be used: exit code 4', () => {
  const commandLines = [
    ['tenant', 'list'],
    ['exec', 'examples/scripts/hello.js'],
    ['run', 'hello'],
    ['migrate'],
    ['doctor'],
    ['start', '--port', '0'],
  ]
  const unavailable = { error: { code: 'database_unavailable', message: expect.stringContaining('reached') } }

  test.each(commandLines)('nobody listens there: %s %s', async (...args) => {
    const started = performance.now()
    const { code, json } = await cli.here([...args, '--json'], {
      environment: { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' },
    })
    expect({ code, json }).toEqual({ code: 4, json: unavailable })
    expect(performance.now() - started).toBeLessThan(15_000)
  })

  test('it takes the connection and says nothing', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1')
    await new Promise((resolve) => silent.once('listening', resolve))
    const { port } = silent.address() as { port: number }
    const { code, json } = await cli.here(['tenant', 'list', '--json'], {
      environment: { DATABASE_URL: `postgres://someone@127.0.0.1:${port}/none?connect_timeout=1` },
    })
    silent.close()
    expect({ code, json }).toEqual({ code: 4, json: unavailable })
  })

  test('its name is unknown', async () => {
    const { code, json } = await cli.here(['tenant', 'list', '--json'], {
      environment: { DATABASE_URL: 'postgres://someone@database.invalid/none' },
    })
    expect({ code, json }).toEqual({ code: 4, json: unavailable })
  })

  test('it has no such database', async () => {
    const url = new URL(cli.database.url)
    url.pathname = '/pgscript_no_such_database'
    const { code, json } = await cli.here(['tenant', 'list', '--json'], {
      environment: { DATABASE_URL: url.href },
    })
    expect(code).toBe(4)
    expect(json.error.message).toContain('"pgscript_no_such_database" does not exist')
  })

  test('it was migrated with another secret, and only the login of a node is given', async () => {
    const node = new URL(cli.database.url)
    const { user, password } = cli.database.connections.node
    node.username = user ?? ''
    node.password = String(password)
    const environment = { DATABASE_URL: node.href, PGSCRIPT_SECRET: 'x'.repeat(32) }
    const { code, json } = await cli.here(['tenant', 'list', '--json'], { environment })
    expect(code).toBe(3)
    expect(json.error).toMatchObject({ code: 'installation_key_refused', hint: expect.any(String) })

    const ours = await cli.here(['tenant', 'list'], { environment: { DATABASE_URL: node.href } })
    expect(ours).toMatchObject({ code: 0, stderr: '' })
    const migrate = await cli.here(['migrate', '--json'], { environment: { DATABASE_URL: node.href } })
    expect(migrate.code).toBe(2)
    expect(migrate.json.error.message).toContain('PGSCRIPT_MIGRATE_URL')
  })
})
