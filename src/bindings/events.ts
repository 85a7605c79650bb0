import { type Database, query } from '../database/database.ts'
import { CallError, type OpenBinding } from './binding.ts'

interface PublishedRow {
  id: string
  code: string | null
  reason: string | null
}

/** `events.publish [type, payload, { idempotencyKey? }]` → `{ id }`: as the tenant, caused by the run. */
export function openEvents(database: Database): OpenBinding {
  return (run) => ({
    calls: {
      'events.publish': async ([type, payload = {}, options]) => {
        const key = idempotencyKey(options)
        if (typeof type !== 'string') throw invalid('type: must be a text such as "order.created".')
        const [row] = await query<PublishedRow>(
          database,
          `select id, code, reason from pgscript_engine.publish_for_execution(
             capability => $1, tenant_id => $2, execution_id => $3, type => $4, payload => $5, idempotency_key => $6)`,
          [database.capability, run.tenantId, run.executionId, type, JSON.stringify(payload), key],
        )
        if (!row) throw new CallError('not_available', 'events.publish needs a tenant; this run has none.')
        if (row.code !== null) {
          const retryable = row.code === 'quota_exceeded'
          throw new CallError(row.code, `events.publish: ${row.reason}`, { retryable })
        }
        return { id: row.id }
      },
    },
  })
}

function idempotencyKey(options: unknown): string | null {
  if (options === undefined || options === null) return null
  if (typeof options !== 'object')
    throw invalid('options: must be an object such as { idempotencyKey: "…" }.')
  const { idempotencyKey: key = null } = options as { idempotencyKey?: unknown }
  if (key === null || typeof key === 'string') return key
  throw invalid('options.idempotencyKey: must be a text of 1 to 200 characters.')
}

function invalid(message: string): CallError {
  return new CallError('invalid_arguments', `events.publish: ${message}`)
}
