import { type GivenTenant, onlyRow } from './given-tenant.ts'
import type { TestDatabase } from './use-database.ts'

export const usualScopes = ['scripts.read', 'scripts.execute', 'executions.read']

/** A new API key of the tenant, as its text. */
export async function givenApiKey(
  database: TestDatabase,
  tenant: GivenTenant,
  scopes: readonly string[] = usualScopes,
): Promise<string> {
  const { rows } = await database.owner.query<{ key: string }>(
    'select pgscript.create_api_key($1, $2, $3) as key',
    [tenant.key, 'test', scopes],
  )
  return onlyRow(rows).key
}

/** A key that was good for a microsecond. */
export async function givenExpiredKey(database: TestDatabase, tenant: GivenTenant): Promise<string> {
  const { rows } = await database.owner.query<{ key: string }>(
    `select pgscript.create_api_key($1, 'test', $2, expires_at => now() + interval '1 microsecond') as key`,
    [tenant.key, usualScopes],
  )
  return onlyRow(rows).key
}

export async function revokeApiKeys(database: TestDatabase, tenant: GivenTenant): Promise<void> {
  await database.owner.query(
    `select pgscript.revoke_api_key($1, api_key.id)
     from pgscript.api_keys as api_key where api_key.tenant_id = $2`,
    [tenant.key, tenant.id],
  )
}
