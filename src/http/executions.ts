import Router from '@koa/router'
import type { Context } from 'koa'

import { authenticateApiKey, bearerKey, requireScope } from '../auth/api-key.ts'
import type { Database } from '../database/database.ts'
import { isStorableJson } from '../database/storable-json.ts'
import type { Identity } from '../database/tenant-transaction.ts'
import { AppError, InvalidInputError } from '../errors.ts'
import { awaitExecution } from '../executor/await-execution.ts'
import { cancelExecution } from '../executor/cancel-execution.ts'
import { type ExecutionRecord, findExecution, recordText } from '../executor/find-execution.ts'
import { type RequestedExecution, requestExecutionByKey } from '../executor/request-execution.ts'
import type { FinishedExecution, Waiters } from '../executor/waiters.ts'
import { admit } from './admit.ts'
import { executionParams, type RequestBody, requestBody } from './execution-request.ts'
import { jsonBody } from './json-body.ts'

class ExecutionNotFoundError extends AppError {
  readonly code = 'execution_not_found'
  readonly status = 404

  constructor(id: string) {
    super(`There is no execution ${id} that this key may see.`, { field: 'id' })
  }
}

/** 10 MB is the largest input any tenant can have; the rest of the body is small. */
const largestBody = '11mb'

/**
 * `POST /api/executions` asks for a run, and waits for its result where `wait` says so: 200 with the
 * record when it has finished, 202 when it has not or nobody waits. `GET /api/executions/:id` gives the
 * record, with its input. `POST /api/executions/:id/cancel` stops it. All act for the API key in the
 * Authorization header.
 */
export function executionRoutes(database: Database, waiters: Waiters): Router {
  const router = new Router({ prefix: '/api/executions' })

  router.post('/', admit(database), jsonBody(largestBody), async (ctx) => {
    const body = requestBody.parse(ctx.request.body)
    const requested = await request(ctx, database, body)
    ctx.set('Location', `/api/executions/${requested.id}`)
    const result = await resultOf(ctx, { database, waiters }, body, requested)
    ctx.status = result?.finishedAt ? 200 : 202
    ctx.type = 'application/json'
    ctx.body = result ? resultJson(result) : { id: requested.id, status: 'pending' }
  })

  router.get('/:id', async (ctx) => {
    const apiKey = bearerKey(ctx.get('authorization'))
    const { id } = executionParams.parse(ctx.params)
    const identity = await authenticateApiKey(database, apiKey, ctx.ip)
    requireScope(identity, 'executions.read')
    const record = await findExecution(database, identity, id)
    if (!record) throw new ExecutionNotFoundError(id)
    ctx.type = 'application/json'
    ctx.body = recordText(record)
  })

  router.post('/:id/cancel', async (ctx) => {
    const apiKey = bearerKey(ctx.get('authorization'))
    const { id } = executionParams.parse(ctx.params)
    const identity = await authenticateApiKey(database, apiKey, ctx.ip)
    ctx.body = { id, status: await cancelExecution(database, identity, null, id) }
  })
  return router
}

async function request(ctx: Context, database: Database, body: RequestBody): Promise<RequestedExecution> {
  return await requestExecutionByKey(database, bearerKey(ctx.get('authorization')), ctx.ip, {
    script: body.script,
    input: inputText(body.input),
    priority: body.priority,
    runAt: body.runAt ? new Date(body.runAt) : undefined,
    idempotencyKey: body.idempotencyKey,
    awaited: body.wait > 0,
  })
}

function inputText(input: unknown): string {
  const text = JSON.stringify(input === undefined ? {} : input)
  if (isStorableJson(text)) return text
  throw new InvalidInputError(
    'input: holds a NUL character (\\u0000) or half of a surrogate pair, which PostgreSQL cannot store; remove it or encode the text as base64.',
    { field: 'input' },
  )
}

/**
 * The result, as far as it is there in time; null where nothing but the id is known. Who may run a
 * script gets what that run returned, so the record is read with the rights for it; a caller who hangs
 * up stops waiting, and the execution goes on.
 */
async function resultOf(
  ctx: Context,
  { database, waiters }: { database: Database; waiters: Waiters },
  body: RequestBody,
  { tenantId, id }: RequestedExecution,
): Promise<FinishedExecution | ExecutionRecord | null> {
  const mayBeOld = body.idempotencyKey !== undefined
  if (body.wait === 0 && !mayBeOld) return null
  const gone = new AbortController()
  const onClose = () => gone.abort()
  const reader: Identity = { tenantId, permissions: ['executions.read', 'scripts.read'] }
  ctx.res.once('close', onClose)
  try {
    return await awaitExecution(database, waiters, {
      id,
      reader,
      ms: body.wait * 1000,
      signal: gone.signal,
      mayBeOld,
    })
  } finally {
    ctx.res.off('close', onClose)
  }
}

/** What came from our own executor is JSON already; parsing it to print it again would double its cost. */
function resultJson(result: FinishedExecution | ExecutionRecord): string {
  if ('input' in result) return recordText(result, false)
  const { output, error, logs, metrics, ...facts } = result
  return `${JSON.stringify(facts).slice(0, -1)},"output":${output ?? 'null'},"error":${error ?? 'null'},"metrics":${metrics},"logs":${logs}}`
}
