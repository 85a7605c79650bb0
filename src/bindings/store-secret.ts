import type { Database } from '../database/database.ts'
import { asIdentity, type Identity } from '../database/tenant-transaction.ts'
import { InvalidInputError } from '../errors.ts'
import type { SecretKeys } from './secret-keys.ts'

export interface SecretToStore {
  /** Null: the identity's tenant. */
  tenantKey: string | null
  name: string
  value: string
  description?: string | undefined
  /** Names or ids of those that may read it; `['*']` all; undefined: as it is, all of a new one. */
  scripts?: readonly string[] | undefined
}

/** A secret as anybody may see it: never its value. */
export interface StoredSecret {
  name: string
  description: string
  scripts: string[] | null
  version: number
  created_at: Date
  updated_at: Date
}

const longest = 65_536

/**
 * Encrypts a secret's new value and stores it, on behalf of an identity with `secrets.manage`.
 *
 * @throws {InvalidInputError} `invalid_value` · {RefusedByDatabaseError} `permission_denied`, `secret_changed`, …
 */
export async function storeSecret(
  { database, keys }: { database: Database; keys: SecretKeys },
  identity: Identity,
  { tenantKey, name, value, description, scripts }: SecretToStore,
): Promise<StoredSecret> {
  const size = Buffer.byteLength(value)
  if (size < 1 || size > longest || !value.isWellFormed()) {
    throw new InvalidInputError(
      `value: must be text of 1 to ${longest} bytes as UTF-8; encode anything else.`,
      {
        code: 'invalid_value',
        field: 'value',
      },
    )
  }
  return await asIdentity(database, identity, async (client) => {
    // The engine's functions are the node's to call; whose act it is, the context says.
    await client.query('reset role')
    const prepared = await client.query<{ tenant_id: string; version: number }>(
      'select * from pgscript_engine.prepare_secret(tenant_key => $1, name => $2)',
      [tenantKey, name],
    )
    const [{ tenant_id: tenantId, version } = nothing()] = prepared.rows
    const { keyId, nonce, ciphertext } = keys.seal({ tenantId, name, version }, value)
    const { rows } = await client.query<StoredSecret>(
      `select name, description, scripts, version, created_at, updated_at from pgscript_engine.store_secret(
         tenant_key => $1, name => $2, version => $3, key_id => $4, nonce => $5, ciphertext => $6,
         description => $7, scripts => $8)`,
      [tenantKey, name, version, keyId, nonce, ciphertext, description ?? null, scripts ?? null],
    )
    return rows[0] ?? nothing()
  })
}

function nothing(): never {
  throw new Error('a function for secrets returned no row')
}
