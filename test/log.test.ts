import { DatabaseError } from 'pg'
import { expect, test } from 'vitest'

import { InvalidInputError } from '../src/errors.ts'
import { capturedLog } from './support/use-node.ts'

test('an error is logged with what happened, and without the client that hangs on it', () => {
  const { log, logger } = capturedLog()
  const error = Object.assign(new DatabaseError('terminating connection', 0, 'error'), {
    code: '57P01',
    severity: 'FATAL',
    client: { password: 'hunter2', secretKey: 12345 },
    detail: 'Key (email)=(ann@example.com) already exists.',
  })
  logger.warn({ err: error }, 'lost')
  expect(log[0]).toMatchObject({
    level: 'warn',
    msg: 'lost',
    err: {
      type: 'DatabaseError',
      message: 'terminating connection',
      code: '57P01',
      stack: expect.stringContaining('log.test.ts'),
    },
  })
  expect(JSON.stringify(log)).not.toMatch(/hunter2|12345|ann@example/)
})

test('the cause and the facts of our own errors are there', () => {
  const { log, logger } = capturedLog()
  const cause = new Error('the socket broke')
  logger.error({ err: new InvalidInputError('no', { cause, details: { execution_id: 'e1' } }) }, 'x')
  expect(log[0]?.err).toMatchObject({
    details: { execution_id: 'e1' },
    stack: expect.stringContaining('the socket broke'),
  })
})

test('what must not be read is not in the log', () => {
  const { log, logger } = capturedLog()
  logger.info({ password: 'a-secret', headers: { authorization: 'Bearer a-secret' }, capability: 'a-secret' })
  expect(JSON.stringify(log)).not.toContain('a-secret')
})
