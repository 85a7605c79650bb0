import { type Database, query } from '../database/database.ts'
import type { ScriptToCheck } from '../scripts/check.ts'
import {
  checkLibraryImports,
  isLibrary,
  type LoadedLibrary,
  type ResolvedImport,
} from '../scripts/check-library-imports.ts'
import type { Finding } from '../scripts/finding.ts'
import type { ScriptLanguage } from '../scripts/language.ts'
import { normalizeSource } from '../scripts/normalize.ts'
import type { ScriptService } from '../scripts/script-service.ts'
import type { CompiledScript } from '../scripts/transform.ts'

/** A version of a library that an import is pinned to; as the database takes it. */
export interface Pin {
  specifier: string
  library_id: string
  library_version: number
}

export interface Verdict {
  state: 'accepted' | 'rejected'
  findings: Finding[]
  /** Null of what was rejected. */
  exports: string[] | null
  pins: Pin[]
  /** Of what was accepted: found out where it was not said. */
  language?: ScriptLanguage
}

export interface VersionToJudge {
  tenantId: string
  /** Null for a source that is not saved. */
  scriptId: string | null
  version: number | null
  script: ScriptToCheck
}

/** Judges a source with what it imports of the tenant's other scripts; writes nothing. */
export async function judgeVersion(
  database: Database,
  scripts: Pick<ScriptService, 'check'>,
  { tenantId, scriptId, version, script }: VersionToJudge,
): Promise<Verdict> {
  const { state, findings, compiled } = await scripts.check(script, tenantId)
  if (state === 'rejected' || !compiled) return { state: 'rejected', findings, exports: null, pins: [] }
  const resolved = await resolveImports(database, { tenantId, scriptId, version }, compiled)
  const source = resolved.length > 0 ? normalizeSource(script.source).text : ''
  const wrong = checkLibraryImports({ source, imports: compiled.imports, resolved, scriptId })
  if (wrong.length > 0) {
    return { state: 'rejected', findings: [...findings, ...wrong], exports: null, pins: [] }
  }
  const { language } = compiled
  return { state, findings, exports: exportsOf(compiled, resolved), pins: resolved.flatMap(pinOf), language }
}

/** Records a verdict; the first one on a version stands. */
export async function recordVerdict(
  database: Database,
  version: { tenantId: string; scriptId: string; version: number },
  { state, findings, exports, pins }: Verdict,
): Promise<void> {
  await query(
    database,
    `select pgscript_engine.record_check(
       tenant_id => $1, script_id => $2, version => $3, state => $4, findings => $5, exports => $6, imports => $7)`,
    [
      version.tenantId,
      version.scriptId,
      version.version,
      state,
      JSON.stringify(findings),
      exports,
      JSON.stringify(pins),
    ],
  )
}

interface ResolvedRow {
  specifier: string
  library_id: string | null
  library_version: number | null
  type: string | null
  exports: string[] | null
  libraries: LoadedLibrary[] | null
}

async function resolveImports(
  database: Database,
  { tenantId, scriptId, version }: Pick<VersionToJudge, 'tenantId' | 'scriptId' | 'version'>,
  { imports }: CompiledScript,
): Promise<ResolvedImport[]> {
  const specifiers = new Set(imports.map(({ specifier }) => specifier).filter(isLibrary))
  if (specifiers.size === 0) return []
  const rows = await query<ResolvedRow>(
    database,
    `select * from pgscript_engine.resolve_imports(
       capability => $1, tenant_id => $2, specifiers => $3, script_id => $4, version => $5)`,
    [database.capability, tenantId, [...specifiers], scriptId, version],
  )
  return rows.map((row) => ({
    specifier: row.specifier,
    libraryId: row.library_id,
    libraryVersion: row.library_version,
    type: row.type,
    exports: row.exports,
    libraries: row.libraries ?? [],
  }))
}

/** Its own, and what it passes on of a library's by `export * from`. */
function exportsOf({ exports, passedOn }: CompiledScript, resolved: readonly ResolvedImport[]): string[] {
  const more = resolved.filter(({ specifier }) => passedOn.includes(specifier))
  const names = more.flatMap((library) => library.exports ?? []).filter((name) => name !== 'default')
  return [...new Set([...exports, ...names])]
}

function pinOf({ specifier, libraryId, libraryVersion }: ResolvedImport): Pin[] {
  if (libraryId === null || libraryVersion === null) return []
  return [{ specifier, library_id: libraryId, library_version: libraryVersion }]
}
