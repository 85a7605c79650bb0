import type { Database } from '../database/database.ts'
import { withKeys } from '../database/key-in-use.ts'
import { asIdentity, type Identity } from '../database/tenant-transaction.ts'

export interface EventToPublish {
  type: string
  payload?: unknown
  idempotencyKey?: string | undefined
}

export interface PublishedEvent {
  /** Of an earlier event, where its idempotency key was used before. */
  id: string
  status: 'accepted' | 'refused'
  /** Why it was refused. */
  code: string | null
  reason: string | null
}

/**
 * Publishes events for the identity's tenant, in one transaction and in their order.
 *
 * @throws {RefusedByDatabaseError} `permission_denied`; and with `strict`, for the first event that is refused.
 * @throws {KeyInUseError} for an idempotency key that another transaction holds for longer than a second.
 */
export async function publishEvents(
  database: Database,
  identity: Identity,
  events: readonly EventToPublish[],
  { strict = false } = {},
): Promise<PublishedEvent[]> {
  const isKeyed = events.some(({ idempotencyKey }) => idempotencyKey !== undefined)
  const publish = () => publishNow(database, identity, events, { strict, isKeyed })
  return await (isKeyed ? withKeys(database, publish) : publish())
}

async function publishNow(
  database: Database,
  identity: Identity,
  events: readonly EventToPublish[],
  { strict, isKeyed }: { strict: boolean; isKeyed: boolean },
): Promise<PublishedEvent[]> {
  return await asIdentity(database, identity, async (client) => {
    if (isKeyed) await client.query("set local lock_timeout = '1s'")
    const { rows } = await client.query<PublishedEvent>(
      `select id, status, code, reason
       from pgscript.publish_events(tenant_key => null, events => $1, strict => $2)
       order by place`,
      [JSON.stringify(events), strict],
    )
    return rows
  })
}
