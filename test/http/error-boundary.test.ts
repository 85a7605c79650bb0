import type { AddressInfo } from 'node:net'
import { DatabaseError } from 'pg'
import { afterEach, expect, test } from 'vitest'

import type { Database } from '../../src/database/database.ts'
import { createWaiters } from '../../src/executor/waiters.ts'
import { createApp } from '../../src/http/app.ts'
import { createMetrics } from '../../src/metrics.ts'
import { capturedLog } from '../support/use-node.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** The app on a database whose every query fails like this. */
async function appOn(error: unknown) {
  const { log, logger } = capturedLog()
  const fail = () => Promise.reject(error)
  const pool = { query: fail, connect: fail } as unknown as Database['pool']
  const database: Database = {
    behindLocks: (work) => work(),
    pool,
    nodeId: 'test',
    capability: 'capability-secret',
    roles: {} as Database['roles'],
  }
  const app = createApp({
    database,
    waiters: createWaiters(),
    metrics: createMetrics(),
    logger,
    readiness: {},
    doors: true,
  })
  const server = app.listen(0, '127.0.0.1')
  closing.push(() => server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  const reply = await fetch(`http://127.0.0.1:${port}/api/executions?secret=query`, {
    method: 'POST',
    headers: { Authorization: 'Bearer pgs_key', 'Content-Type': 'application/json' },
    body: '{"script": "hello", "input": "private"}',
  })
  return { status: reply.status, headers: reply.headers, text: await reply.text(), log }
}

function databaseError(fields: Partial<DatabaseError>): DatabaseError {
  return Object.assign(new DatabaseError(fields.message ?? 'refused', 0, 'error'), fields)
}

test('what nobody expected is a 500 without a word of what it was, and logged once', async () => {
  const bug = new TypeError('cannot read x of select * from pgscript_private.api_key_hashes')
  const { status, text, log } = await appOn(bug)
  expect(status).toBe(500)
  expect(JSON.parse(text)).toEqual({
    error: { code: 'internal_error', message: 'An unexpected error; it has been logged.' },
  })
  expect(log).toEqual([
    expect.objectContaining({
      level: 'error',
      msg: 'unexpected error',
      method: 'POST',
      path: '/api/executions',
      err: expect.objectContaining({ message: bug.message, stack: expect.stringContaining('test.ts') }),
    }),
  ])
})

test('neither an SQL error nor its text reaches a client', async () => {
  const error = databaseError({
    code: '42703',
    message: 'column "secret" does not exist',
    internalQuery: 'select secret',
    where: 'PL/pgSQL function pgscript_engine.authorize(text,text) line 3',
  })
  const { status, text } = await appOn(error)
  expect(status).toBe(500)
  expect(text).not.toMatch(/secret|select|function|pgscript_engine|42703/)
})

test.each([
  ['something else thrown', 'a string'],
  ['an error that names a status of its own', Object.assign(new Error('teapot'), { status: 599 })],
])('%s is a 500 too', async (_, thrown) => {
  const { status, text, log } = await appOn(thrown)
  expect({ status, code: JSON.parse(text).error.code }).toEqual({ status: 500, code: 'internal_error' })
  expect(log).toHaveLength(1)
})

test('a refusal of the database carries its own code, status, field and hint, and is not logged', async () => {
  const { status, text, log } = await appOn(
    databaseError({
      code: 'PS409',
      constraint: 'some_code',
      column: 'script',
      message: 'Not now.',
      hint: 'Later.',
      detail: 'for the log',
    }),
  )
  expect({ status, ...JSON.parse(text) }).toEqual({
    status: 409,
    error: { code: 'some_code', message: 'Not now.', field: 'script', hint: 'Later.' },
  })
  expect(log).toEqual([])
})

test.each(['22P05', '54001'])("data that cannot be stored (%s) is the caller's fault", async (code) => {
  const { status, text } = await appOn(databaseError({ code, message: 'stack depth limit exceeded' }))
  expect({ status, code: JSON.parse(text).error.code }).toEqual({ status: 422, code: 'invalid_input' })
  expect(text).not.toContain('stack depth')
})

test.each([
  ['the server is shutting down', databaseError({ code: '57P01' })],
  ['it is starting', databaseError({ code: '57P03' })],
  ['it has no connection left', databaseError({ code: '53300' })],
  ['the connection broke', new Error('Connection terminated unexpectedly')],
  ['it did not answer in time', new Error('timeout expired')],
  ['every connection of the pool is busy', new Error('timeout exceeded when trying to connect')],
  ['nobody listens', Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })],
  ['its name is unknown', Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' })],
])('the database is away: %s', async (_, error) => {
  const { status, headers, text, log } = await appOn(error)
  expect({ status, code: JSON.parse(text).error.code }).toEqual({
    status: 503,
    code: 'database_unavailable',
  })
  expect(headers.get('retry-after')).toBe('2')
  expect(log).toEqual([expect.objectContaining({ level: 'warn', msg: 'the database cannot be reached' })])
})
