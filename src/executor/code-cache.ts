import { createHash } from 'node:crypto'
import { cachedDataVersionTag } from 'node:v8'
import { LRUCache } from 'lru-cache'

import { type Database, query } from '../database/database.ts'
import type { Logger } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import type { Sandbox, SandboxScript } from '../sandbox/sandbox.ts'
import type { RunnableVersion, VersionLoader, VersionName } from './load-version.ts'

/**
 * Characters of code from which on V8's compiled form is kept. Asking the database takes about a millisecond,
 * and so does compiling 64 KB (1.5 ms; 256 KB 7 ms, 1 MB 50 ms; compiled before, 0.2 to 0.6 ms).
 */
const leastCode = 64 * 1024
/** What the database takes of one script. */
const maxBytes = 1024 * 1024
const rememberedBytes = 16 * 1024 * 1024
/** Release, flags and processor, as far as V8 tells them. */
const engine = `${process.version} ${process.versions.v8} ${process.arch} ${cachedDataVersionTag()}`

export interface CodeCache {
  /** V8's compiled form of a version's code, if there is one by now; where there is none, it is made for the next. */
  compiledFor(name: VersionName, script: SandboxScript): Promise<Buffer | undefined>
  /** V8 has refused what was kept of this script. */
  stale(key: string): void
}

export interface CodeCacheParts {
  database: Database
  sandbox: Pick<Sandbox, 'compile'>
  logger: Logger
  metrics: Pick<Metrics, 'codeCache'>
}

/**
 * The database's cache of compiled code. It saves time and nothing else: whatever goes wrong with it is
 * logged, and the script compiled where it runs.
 */
export function createCodeCache({ database, sandbox, logger, metrics }: CodeCacheParts): CodeCache {
  const known = new LRUCache<string, Promise<Buffer | undefined>>({ max: 1000 })
  const sizes = new LRUCache<string, Buffer>({
    maxSize: rememberedBytes,
    sizeCalculation: (bytes) => bytes.length,
    dispose: (_, key, reason) => reason === 'evict' && known.delete(key),
  })
  const refused = new Set<string>()

  async function load(name: VersionName, script: SandboxScript): Promise<Buffer | undefined> {
    const hash = createHash('sha256').update(script.code).digest()
    const found = refused.delete(script.key) ? undefined : await loadCompiled(database, name, hash)
    metrics.codeCache.inc({ result: found ? 'hit' : 'miss' })
    if (found) sizes.set(script.key, found)
    // Not waited for: this run has its code compiled where it runs.
    else void make(name, script, hash)
    return found
  }

  async function make(name: VersionName, script: SandboxScript, hash: Buffer): Promise<void> {
    try {
      const compiled = await sandbox.compile(script)
      if (compiled === undefined || compiled.length > maxBytes) return
      sizes.set(script.key, compiled)
      known.set(script.key, Promise.resolve(compiled))
      await storeCompiled(database, name, hash, compiled)
      metrics.codeCache.inc({ result: 'stored' })
    } catch (error) {
      logger.warn({ err: error, script: script.key }, 'compiled code could not be kept')
    }
  }

  return {
    async compiledFor(name, script) {
      if (script.code.length < leastCode) return undefined
      let loading = known.get(script.key)
      if (loading === undefined) {
        loading = load(name, script).catch((error) => {
          logger.warn({ err: error, script: script.key }, 'compiled code could not be read')
          return undefined
        })
        known.set(script.key, loading)
      }
      return await loading
    },
    stale(key) {
      metrics.codeCache.inc({ result: 'stale' })
      if (refused.size < 1000) refused.add(key)
      known.delete(key)
      sizes.delete(key)
    },
  }
}

/** Loads versions with their compiled code, where there is some. */
export function withCompiledCode(versions: VersionLoader, cache: CodeCache | undefined): VersionLoader {
  if (cache === undefined) return versions
  return {
    ...versions,
    async load(name): Promise<RunnableVersion> {
      const version = await versions.load(name)
      const { key, fileName, code, source } = version
      const compiled = await cache.compiledFor(name, { key, fileName, code, source })
      return compiled ? { ...version, compiled } : version
    },
  }
}

async function loadCompiled(
  database: Database,
  name: VersionName,
  hash: Buffer,
): Promise<Buffer | undefined> {
  const [row] = await query<{ compiled: Buffer | null }>(
    database,
    `select pgscript_engine.load_compiled_code(
       capability => $1, tenant_id => $2, script_id => $3, version => $4, engine => $5, code_hash => $6
     ) as compiled`,
    [database.capability, name.tenantId, name.scriptId, name.version, engine, hash],
  )
  return row?.compiled ?? undefined
}

async function storeCompiled(database: Database, name: VersionName, hash: Buffer, compiled: Buffer) {
  await query(
    database,
    `select pgscript_engine.store_compiled_code(
       capability => $1, tenant_id => $2, script_id => $3, version => $4, engine => $5, code_hash => $6, compiled => $7
     )`,
    [database.capability, name.tenantId, name.scriptId, name.version, engine, hash, compiled],
  )
}
