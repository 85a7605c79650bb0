import type { PoolClient } from 'pg'

import type { CommandInput } from './command.ts'
import { TenantNotFoundError } from './tenant-not-found.ts'

/** The key that --tenant names; demo by default. */
export function tenantOption({ values }: CommandInput): string {
  return typeof values.tenant === 'string' ? values.tenant : 'demo'
}

/** @throws {TenantNotFoundError} when there is no such tenant, where a list would just be empty. */
export async function requireTenant(client: PoolClient, input: CommandInput): Promise<string> {
  const key = tenantOption(input)
  const { rowCount } = await client.query('select from pgscript.tenants where key = $1', [key])
  if (rowCount === 0) throw new TenantNotFoundError(key)
  return key
}
