import { bodyParser } from '@koa/bodyparser'
import Router from '@koa/router'
import type { Context } from 'koa'
import { z } from 'zod'

import { authenticateApiKey, bearerKey } from '../auth/api-key.ts'
import type { Database } from '../database/database.ts'
import { AppError, InvalidInputError } from '../errors.ts'
import { type ExecutionRecord, findExecution } from '../executor/find-execution.ts'
import type { Report } from '../executor/report-executions.ts'
import { requestExecutionByKey } from '../executor/request-execution.ts'
import { isStorableJson } from '../executor/storable-json.ts'
import type { Waiters } from '../executor/waiters.ts'

class ExecutionNotFoundError extends AppError {
  readonly code = 'execution_not_found'
  readonly status = 404

  constructor(id: string) {
    super(`There is no execution ${id} that this key may see.`, { field: 'id' })
  }
}

const longestWaitSeconds = 60

const requestBody = z.strictObject({
  script: z.string().min(1).max(100),
  input: z.unknown().optional(),
  /** Seconds to wait for the result; true means 30. */
  wait: z.union([z.boolean(), z.number().min(0).max(longestWaitSeconds)]).default(false),
  priority: z.int().min(-100).max(100).optional(),
  runAt: z.iso.datetime({ offset: true }).optional(),
  idempotencyKey: z.string().min(1).max(200).optional(),
})

const executionParams = z.object({ id: z.uuid({ error: 'must be the id of an execution, a UUID' }) })

/** 10 MB is the largest input any tenant can have; the rest of the body is small. */
const parseBody = bodyParser({ enableTypes: ['json'], jsonLimit: '11mb', encoding: 'utf-8' })

/**
 * `POST /api/executions` asks for a run, and waits for its result where `wait` says so (200 with the
 * result; 202 with the id when it is not asked for or not there in time). `GET /api/executions/:id`
 * gives the record. Both act for the API key in the Authorization header.
 */
export function executionRoutes(database: Database, waiters: Waiters): Router {
  const router = new Router({ prefix: '/api/executions' })

  router.post('/', parseBody, async (ctx) => {
    const apiKey = bearerKey(ctx.get('authorization'))
    const body = requestBody.parse(jsonBody(ctx))
    const input = inputText(body.input)
    const waitMs = waitSeconds(body.wait) * 1000
    const { tenantId, id } = await requestExecutionByKey(database, apiKey, ctx.ip, {
      script: body.script,
      input,
      priority: body.priority,
      runAt: body.runAt ? new Date(body.runAt) : undefined,
      idempotencyKey: body.idempotencyKey,
      awaited: waitMs > 0,
    })

    const result = waitMs > 0 ? await waitFor(ctx, waiters, id, waitMs) : null
    ctx.set('Location', `/api/executions/${id}`)
    if (result && result !== 'recorded') return sendReport(ctx, result)
    const record = waitMs > 0 ? await readAs(database, apiKey, ctx.ip, id) : null
    ctx.status = record?.finishedAt ? 200 : 202
    ctx.body = record ?? { id, status: 'pending', tenantId }
  })

  router.get('/:id', async (ctx) => {
    const { id } = executionParams.parse(ctx.params)
    const record = await readAs(database, bearerKey(ctx.get('authorization')), ctx.ip, id)
    if (!record) throw new ExecutionNotFoundError(id)
    ctx.body = record
  })
  return router
}

function jsonBody(ctx: Context): unknown {
  if (ctx.request.is('json') === false || ctx.request.is('json') === null) ctx.throw(415)
  return ctx.request.body
}

function waitSeconds(wait: boolean | number): number {
  return typeof wait === 'number' ? wait : wait ? 30 : 0
}

function inputText(input: unknown): string {
  const text = JSON.stringify(input ?? {})
  if (isStorableJson(text)) return text
  throw new InvalidInputError(
    'input: holds a NUL character (\\u0000) or half of a surrogate pair, which PostgreSQL cannot store; remove it or encode the text as base64.',
    { field: 'input' },
  )
}

/** A caller who hangs up stops waiting; the execution goes on. */
async function waitFor(
  ctx: Context,
  waiters: Waiters,
  id: string,
  ms: number,
): Promise<Report | 'recorded' | null> {
  const gone = new AbortController()
  const onClose = () => gone.abort()
  ctx.res.once('close', onClose)
  try {
    return await waiters.wait(id, ms, gone.signal)
  } finally {
    ctx.res.off('close', onClose)
  }
}

/** The parts are JSON already; parsing them to print them again would double their cost. */
function sendReport(ctx: Context, report: Report) {
  const { id, status, output, error, logs, metrics } = report
  ctx.type = 'application/json'
  ctx.body = `{"id":"${id}","status":"${status}","output":${output ?? 'null'},"error":${error ?? 'null'},"logs":${logs},"metrics":${metrics}}`
}

async function readAs(
  database: Database,
  apiKey: string,
  remoteAddress: string,
  id: string,
): Promise<ExecutionRecord | null> {
  return await findExecution(database, await authenticateApiKey(database, apiKey, remoteAddress), id)
}
