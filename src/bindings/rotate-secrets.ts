import { type Database, query } from '../database/database.ts'
import type { SealedSecret, SecretKeys, SecretName } from './secret-keys.ts'

interface SealedRow {
  tenant_id: string
  name: string
  version: number
  key_id: string
  nonce: Buffer
  ciphertext: Buffer
}

export interface Rotation {
  /** Now under the current key, which were not before. */
  reencrypted: number
  /** No key here opens these; they are as they were. */
  unreadable: Pick<SealedRow, 'tenant_id' | 'name' | 'key_id'>[]
}

const batchSize = 100

/**
 * Re-encrypts every secret of every tenant that is not under the current key. Each is committed by itself:
 * what was interrupted goes on where it was, and secrets that are set meanwhile are left as they are.
 */
export async function rotateSecrets(
  database: Database,
  keys: SecretKeys,
  onProgress: (reencrypted: number) => void = () => undefined,
): Promise<Rotation> {
  const rotation: Rotation = { reencrypted: 0, unreadable: [] }
  let last = { tenant_id: '00000000-0000-0000-0000-000000000000', name: '' }
  for (;;) {
    const rows = await query<SealedRow>(
      database,
      `select * from pgscript_engine.secrets_under_other_keys(
         capability => $1, key_id => $2, after_tenant => $3, after_name => $4, batch_size => $5)`,
      [database.capability, keys.currentId, last.tenant_id, last.name, batchSize],
    )
    for (const row of rows) await rotateOne(database, keys, row, rotation)
    onProgress(rotation.reencrypted)
    last = rows.at(-1) ?? last
    if (rows.length < batchSize) return rotation
  }
}

async function rotateOne(
  database: Database,
  keys: SecretKeys,
  row: SealedRow,
  rotation: Rotation,
): Promise<void> {
  const { tenant_id, name, version, key_id, nonce, ciphertext } = row
  const whose: SecretName = { tenantId: tenant_id, name, version }
  const value = keys.open(whose, { keyId: key_id, nonce, ciphertext })
  if (value === null) rotation.unreadable.push({ tenant_id, name, key_id })
  else if (await replace(database, whose, key_id, keys.seal(whose, value))) rotation.reencrypted += 1
}

async function replace(
  database: Database,
  { tenantId, name, version }: SecretName,
  oldKeyId: string,
  { keyId, nonce, ciphertext }: SealedSecret,
): Promise<boolean> {
  const rows = await query<{ replaced: boolean }>(
    database,
    `select pgscript_engine.reencrypt_secret(
       capability => $1, tenant_id => $2, name => $3, version => $4, old_key_id => $5, key_id => $6, nonce => $7,
       ciphertext => $8) as replaced`,
    [database.capability, tenantId, name, version, oldKeyId, keyId, nonce, ciphertext],
  )
  return rows[0]?.replaced ?? false
}
