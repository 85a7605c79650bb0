import { LRUCache } from 'lru-cache'

import { type Database, query } from '../database/database.ts'
import { remember } from './remember.ts'

/** A user as a script sees them: a member of its tenant, as of now. */
export interface RunUser {
  id: string
  externalId: string | null
  email: string | null
  /** Null, as all but the id, of who is no member any more. */
  name: string | null
  roles: readonly string[]
  permissions: readonly string[]
}

export interface LoadedUser {
  user: RunUser
  /** Theirs in this tenant. */
  organizationId: string | null
}

export interface UserName {
  tenantId: string
  userId: string
}

export interface UserLoader {
  load(name: UserName): Promise<LoadedUser>
}

interface UserRow {
  external_id: string | null
  email: string | null
  name: string
  organization_id: string | null
  roles: string[]
  permissions: string[]
}

/** For so long a run may see a membership that has ended. */
const usualTtlMs = 10_000

/** Loads who a run carries, from the database. */
export function createUserLoader(database: Database, { ttlMs = usualTtlMs } = {}): UserLoader {
  const users = new LRUCache<string, Promise<LoadedUser>>({ max: 5_000, ttl: ttlMs })
  return {
    load: (name) => remember(users, `${name.tenantId}/${name.userId}`, () => readUser(database, name)),
  }
}

async function readUser(database: Database, { tenantId, userId: id }: UserName): Promise<LoadedUser> {
  const [row] = await query<UserRow>(
    database,
    'select * from pgscript_engine.load_user(capability => $1, tenant_id => $2, user_id => $3)',
    [database.capability, tenantId, id],
  )
  if (!row) {
    const user = { id, externalId: null, email: null, name: null, roles: [], permissions: [] }
    return { user, organizationId: null }
  }
  const { external_id: externalId, email, name, roles, permissions, organization_id: organizationId } = row
  return { user: { id, externalId, email, name, roles, permissions }, organizationId }
}
