import { createHmac, randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { ConfigurationError } from '../errors.ts'

/**
 * The installation's secret: the configured one, or one made on the first start and kept in the data
 * directory, for its owner's eyes only. Every node of an installation needs the same.
 */
export async function loadSecret(configured: string | undefined, dataDir: string): Promise<string> {
  if (configured) return configured
  try {
    return await keptSecret(dataDir)
  } catch (error) {
    throw new ConfigurationError(
      `PGSCRIPT_DATA_DIR: no secret can be kept in ${dataDir} (${error instanceof Error ? error.message : error}). ` +
        'Name a directory that this user may write, or give PGSCRIPT_SECRET.',
      { cause: error },
    )
  }
}

async function keptSecret(dataDir: string): Promise<string> {
  const path = join(dataDir, 'secret')
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  // 'wx': of two processes that start together, one writes and both read.
  await writeFile(path, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' }).catch(
    (error) => {
      if (error.code !== 'EEXIST') throw error
    },
  )
  return (await readFile(path, 'utf8')).trim()
}

/** A key for one purpose; knowing it tells nothing of the secret or of another purpose's key. */
export function deriveKey(secret: string, purpose: string): string {
  return createHmac('sha256', secret).update(`pgscript ${purpose}`).digest('base64url')
}
