import { LRUCache } from 'lru-cache'

import { type Database, query } from '../database/database.ts'
import type { ScriptService } from '../scripts/script-service.ts'
import { effectiveLimits, type Limits } from './limits.ts'

export type JsonSchema = Record<string, unknown> | boolean

/** A version as it runs: compiled once, with the limits and names in force. */
export interface RunnableVersion {
  key: string
  tenantKey: string
  tenantName: string
  scriptName: string
  fileName: string
  source: string
  code: string
  limits: Limits
  metadata: Record<string, unknown>
  tags: string[]
  config: Record<string, unknown>
  inputSchema: JsonSchema | null
  outputSchema: JsonSchema | null
  /** The tenant's, in force now; by the names of pgscript_engine.setting_definitions. */
  settings: Settings
}

export type Settings = Readonly<Record<string, unknown>>

export interface VersionName {
  tenantId: string
  scriptId: string
  version: number
}

export interface VersionLoader {
  /** @throws {ScriptRefusedError} when the source no longer compiles (it was accepted by another version of us). */
  load(name: VersionName): Promise<RunnableVersion>
}

interface VersionRow {
  tenant_key: string
  tenant_name: string
  name: string
  language: 'javascript' | 'typescript'
  source: string
  limits: Record<string, number>
  metadata: Record<string, unknown>
  tags: string[]
  config: Record<string, unknown>
  input_schema: JsonSchema | null
  output_schema: JsonSchema | null
  settings: Settings
}

/** Names and limits may change under a version, so they are read again this often. */
const usualFactsTtlMs = 10_000
/** Source and compiled code kept, in characters. */
const codeCacheSize = 64 * 1024 * 1024

/** Loads versions from the database and compiles them, off this thread; versions never change, so code is kept. */
export function createVersionLoader(
  database: Database,
  scripts: Pick<ScriptService, 'compile'>,
  { factsTtlMs = usualFactsTtlMs } = {},
): VersionLoader {
  const facts = new LRUCache<string, Promise<VersionRow>>({ max: 5_000, ttl: factsTtlMs })
  const code = new LRUCache<string, Promise<string>>({ max: 5_000 })
  const sizes = new LRUCache<string, string>({
    maxSize: codeCacheSize,
    sizeCalculation: (text) => text.length + 1,
    dispose: (_, key, reason) => reason === 'evict' && code.delete(key),
  })

  async function compile(name: VersionName, key: string, row: VersionRow): Promise<string> {
    const { source, language } = row
    const compiled = await scripts.compile({ source, fileName: fileNameOf(row), language }, name.tenantId)
    sizes.set(key, compiled.code)
    return compiled.code
  }

  return {
    async load(name) {
      const key = `${name.tenantId}/${name.scriptId}/${name.version}`
      const row = await remember(facts, key, () => readVersion(database, name))
      return {
        key,
        tenantKey: row.tenant_key,
        tenantName: row.tenant_name,
        scriptName: row.name,
        fileName: fileNameOf(row),
        source: row.source,
        code: await remember(code, key, () => compile(name, key, row)),
        limits: effectiveLimits(row.limits),
        metadata: row.metadata,
        tags: row.tags,
        config: row.config,
        inputSchema: row.input_schema,
        outputSchema: row.output_schema,
        settings: row.settings,
      }
    },
  }
}

export function fileNameOf(script: { name: string; language: string }): string {
  return `${script.name}.${script.language === 'typescript' ? 'ts' : 'js'}`
}

async function readVersion(database: Database, name: VersionName): Promise<VersionRow> {
  const [row] = await query<VersionRow>(
    database,
    'select * from pgscript_engine.load_version(capability => $1, tenant_id => $2, script_id => $3, version => $4)',
    [database.capability, name.tenantId, name.scriptId, name.version],
  )
  if (!row) throw new Error(`Version ${name.version} of script ${name.scriptId} does not exist.`)
  return row
}

/** One load for all who ask meanwhile; a failed one is not remembered. */
function remember<T>(cache: LRUCache<string, Promise<T>>, key: string, load: () => Promise<T>): Promise<T> {
  const known = cache.get(key)
  if (known) return known
  const loading = load()
  cache.set(key, loading)
  loading.catch(() => cache.peek(key) === loading && cache.delete(key))
  return loading
}
