import { type Database, query } from '../database/database.ts'
import type { Identity } from '../database/tenant-transaction.ts'
import { AppError } from '../errors.ts'

/** No or no valid credentials; the answer is the same for an unknown, a revoked and an expired key. */
export class UnauthenticatedError extends AppError {
  readonly code = 'unauthenticated'
  readonly status = 401
}

/**
 * The key in an `Authorization: Bearer …` header.
 *
 * @throws {UnauthenticatedError} where there is none.
 */
export function bearerKey(header: string | undefined): string {
  const match = /^Bearer +(\S{1,200})$/i.exec(header ?? '')
  if (match?.[1]) return match[1]
  throw new UnauthenticatedError('This needs an API key: send it as "Authorization: Bearer pgs_…".')
}

/** The key is good, but does not hold this permission. */
export class PermissionDeniedError extends AppError {
  readonly code = 'permission_denied'
  readonly status = 403
}

/** @throws {PermissionDeniedError} unless the identity holds the permission. */
export function requireScope({ permissions }: Identity, permission: string): void {
  if (permissions.includes(permission)) return
  throw new PermissionDeniedError(
    `The API key lacks the permission ${permission}; make one with it: \`pgscript tenant key KEY --scope ${permission}\`.`,
  )
}

interface KeyHolder {
  tenant_id: string
  api_key_id: string
  user_id: string | null
  permissions: string[]
}

/**
 * For whom an API key acts.
 *
 * @throws {UnauthenticatedError} when the key is unknown, revoked or expired.
 */
export async function authenticateApiKey(
  database: Database,
  key: string,
  remoteAddress: string,
): Promise<Identity> {
  const [holder] = await query<KeyHolder>(
    database,
    'select tenant_id, api_key_id, user_id, permissions from pgscript_engine.authenticate_api_key($1)',
    [key],
  )
  if (!holder) throw new UnauthenticatedError('The API key is unknown, revoked or expired.')
  return {
    tenantId: holder.tenant_id,
    apiKeyId: holder.api_key_id,
    userId: holder.user_id,
    permissions: holder.permissions,
    remoteAddress,
  }
}
