import { LRUCache } from 'lru-cache'

import { type Database, query } from '../database/database.ts'
import type { ScriptFile } from '../sandbox/sandbox.ts'
import type { JsonSchema } from '../scripts/schema-hazards.ts'
import type { ScriptService } from '../scripts/script-service.ts'
import { fileNameOf } from './file-name.ts'
import { effectiveLimits, type Limits } from './limits.ts'
import { filesOf, type LibraryPin, linkLibraries } from './link-libraries.ts'
import { remember } from './remember.ts'

/** A version as it runs: compiled once, with the limits and names in force. */
export interface RunnableVersion {
  key: string
  tenantKey: string
  tenantName: string
  scriptName: string
  /** The part of the tenant that the script belongs to, by the platform's own id. */
  organizationId: string | null
  fileName: string
  source: string
  code: string
  /** V8's compiled form of the code, where it is kept. */
  compiled?: Buffer
  /** The files in the code, where it imports libraries or has schemas. */
  files: readonly ScriptFile[] | undefined
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
  /** What may have changed is read again with the next run: of a script, of all of a tenant's, or of everybody's. */
  forget(tenantId?: string, scriptId?: string): void
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
  imports: LibraryPin[]
  organization_id: string | null
  settings: Settings
}

/** Names and limits may change under a version, so they are read again this often, where nobody tells of it. */
const usualFactsTtlMs = 10_000
/** Source and compiled code kept, in characters. */
const codeCacheSize = 64 * 1024 * 1024

/** Loads versions from the database and compiles them, off this thread; versions never change, so code is kept. */
export function createVersionLoader(
  database: Database,
  scripts: Pick<ScriptService, 'compile'>,
  { factsTtlMs = usualFactsTtlMs } = {},
): VersionLoader {
  const facts = new LRUCache<string, Promise<VersionFacts>>({ max: 5_000, ttl: factsTtlMs })
  const compiled = new LRUCache<string, Promise<Compiled>>({ max: 5_000 })
  const sizes = new LRUCache<string, string>({
    maxSize: codeCacheSize,
    sizeCalculation: (text) => text.length + 1,
    dispose: (_, key, reason) => reason === 'evict' && compiled.delete(key),
  })

  async function compile(name: VersionName, key: string, row: VersionRow): Promise<Compiled> {
    const { source, language, input_schema: inputSchema, output_schema: outputSchema } = row
    const own = { source, fileName: fileNameOf(row), language, inputSchema, outputSchema }
    const linked = await linkLibraries(database, name.tenantId, row.imports)
    const { code, places } = await scripts.compile(
      { ...own, libraries: linked.libraries, imports: linked.imports },
      name.tenantId,
    )
    sizes.set(key, code)
    return { code, files: filesOf([own, ...linked.libraries], places) }
  }

  return {
    async load(name) {
      const key = `${name.tenantId}/${name.scriptId}/${name.version}`
      const { row, limits } = await remember(facts, key, () => readVersion(database, name))
      const { code, files } = await remember(compiled, key, () => compile(name, key, row))
      return {
        key,
        tenantKey: row.tenant_key,
        tenantName: row.tenant_name,
        scriptName: row.name,
        organizationId: row.organization_id,
        fileName: fileNameOf(row),
        source: row.source,
        code,
        files,
        limits,
        metadata: row.metadata,
        tags: row.tags,
        config: row.config,
        inputSchema: row.input_schema,
        outputSchema: row.output_schema,
        settings: row.settings,
      }
    },
    forget(tenantId = '', scriptId = '') {
      const known = `${tenantId && `${tenantId}/`}${scriptId && `${scriptId}/`}`
      for (const key of [...facts.keys()]) if (key.startsWith(known)) facts.delete(key)
    },
  }
}

interface Compiled {
  code: string
  files: readonly ScriptFile[] | undefined
}

/** A version with what follows from its row alone. */
interface VersionFacts {
  row: VersionRow
  limits: Limits
}

async function readVersion(database: Database, name: VersionName): Promise<VersionFacts> {
  const [row] = await query<VersionRow>(
    database,
    'select * from pgscript_engine.load_version(capability => $1, tenant_id => $2, script_id => $3, version => $4)',
    [database.capability, name.tenantId, name.scriptId, name.version],
  )
  if (!row) throw new Error(`Version ${name.version} of script ${name.scriptId} does not exist.`)
  return { row, limits: effectiveLimits(row.limits) }
}
