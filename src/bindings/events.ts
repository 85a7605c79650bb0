import { type Database, query } from '../database/database.ts'
import { KeyInUseError, withKeys } from '../database/key-in-use.ts'
import { isStorableJson } from '../database/storable-json.ts'
import { atMost, invalid, optionsArgument } from './arguments.ts'
import { CallError, type OpenBinding } from './binding.ts'

const call = 'events.publish'

interface PublishedRow {
  id: string
  code: string | null
  reason: string | null
}

/** `events.publish [type, payload, { idempotencyKey? }]` → `{ id }`: as the tenant, caused by the run. */
export function openEvents(database: Database): OpenBinding {
  return (run) => ({
    calls: {
      'events.publish': async (args) => {
        atMost(call, args, 3)
        const [type, payload = {}, options] = args
        const { idempotencyKey: key } = optionsArgument(call, options, ['idempotencyKey'])
        const values = [
          text('type', type),
          json(payload),
          key === undefined ? null : text('idempotencyKey', key),
        ]
        const publish = () =>
          query<PublishedRow>(
            database,
            `select id, code, reason from pgscript_engine.publish_for_execution(
               capability => $1, tenant_id => $2, execution_id => $3, type => $4, payload => $5, idempotency_key => $6)`,
            [database.capability, run.tenantId, run.executionId, ...values],
          )
        const [row] = key === undefined ? await publish() : await keyed(database, publish)
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

async function keyed<T>(database: Database, publish: () => Promise<T>): Promise<T> {
  try {
    return await withKeys(database, publish)
  } catch (error) {
    if (!(error instanceof KeyInUseError)) throw error
    throw new CallError(error.code, `${call}: ${error.message}`, { retryable: true, cause: error })
  }
}

/** A text that the database can hold; whether it is a good one is for publishing to say. */
function text(name: string, value: unknown): string {
  if (typeof value !== 'string')
    throw invalid(call, `${name}: must be a text${name === 'type' ? ' such as "order.created"' : ''}.`)
  if (value.isWellFormed() && !/\p{Cc}/u.test(value)) return value
  throw invalid(call, `${name}: must hold no control character and no half of a surrogate pair.`)
}

function json(payload: unknown): string {
  const written = JSON.stringify(payload)
  if (isStorableJson(written)) return written
  throw invalid(
    call,
    'payload: must hold no NUL character and no half of a surrogate pair; encode such text.',
  )
}
