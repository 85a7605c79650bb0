import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

import { deriveKey } from '../database/secret.ts'

/** A secret's value as the database has it. */
export interface SealedSecret {
  keyId: string
  nonce: Buffer
  /** With the authentication tag at its end. */
  ciphertext: Buffer
}

/** Whose value it is: sealed for one secret of one tenant in one version, it opens as no other. */
export interface SecretName {
  tenantId: string
  name: string
  version: number
}

/** The keys that secrets are encrypted with. They are derived, and never leave the process. */
export interface SecretKeys {
  /** The key that new values are encrypted with. */
  readonly currentId: string
  seal(name: SecretName, value: string): SealedSecret
  /** @returns null when no key opens it, or it was sealed for something else. */
  open(name: SecretName, sealed: SealedSecret): string | null
}

const algorithm = 'aes-256-gcm'
const tagBytes = 16

/** Of the installation's secret, and of the one that was in force before while that is being changed. */
export function createSecretKeys(secret: string, previous?: string): SecretKeys {
  const current = keyOf(secret)
  const keys = [current, ...(previous === undefined ? [] : [keyOf(previous)])]
  return {
    currentId: current.id,
    seal(name, value) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv(algorithm, current.key, nonce).setAAD(boundTo(name))
      const ciphertext = Buffer.concat([cipher.update(value, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return { keyId: current.id, nonce, ciphertext }
    },
    open(name, { keyId, nonce, ciphertext }) {
      const key = keys.find(({ id }) => id === keyId)?.key
      if (key === undefined || nonce.length !== 12 || ciphertext.length < tagBytes) return null
      const end = ciphertext.length - tagBytes
      const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes })
        .setAAD(boundTo(name))
        .setAuthTag(ciphertext.subarray(end))
      try {
        return Buffer.concat([decipher.update(ciphertext.subarray(0, end)), decipher.final()]).toString(
          'utf8',
        )
      } catch {
        return null
      }
    },
  }
}

/** The id tells keys apart, and nothing of a key. */
function keyOf(secret: string): { id: string; key: Buffer } {
  return {
    id: deriveKey(secret, 'secrets key id').slice(0, 12),
    key: Buffer.from(deriveKey(secret, 'secrets key'), 'base64url'),
  }
}

function boundTo({ tenantId, name, version }: SecretName): Buffer {
  return Buffer.from(JSON.stringify([tenantId, name, version]))
}
