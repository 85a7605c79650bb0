import { type Database, query } from '../database/database.ts'
import type { ScriptFile } from '../sandbox/sandbox.ts'
import type { LibrarySource } from '../scripts/compile-linked.ts'
import type { LibraryImports, Place } from '../scripts/link.ts'
import { fileNameOf } from './file-name.ts'

/** A version of a library that an import is pinned to. */
export interface LibraryPin {
  specifier: string
  library_id: string
  library_version: number
}

export interface LinkedLibraries {
  /** Each after those that it imports. */
  libraries: LibrarySource[]
  /** What the script itself imports: by specifier, the place in `libraries`. */
  imports: LibraryImports
}

interface LibraryRow {
  library_id: string
  version: number
  name: string
  language: 'javascript' | 'typescript'
  source: string
  imports: LibraryPin[]
}

/** Reads what a script's imports are pinned to, and all that this imports in turn. */
export async function linkLibraries(
  database: Database,
  tenantId: string,
  pins: readonly LibraryPin[],
): Promise<LinkedLibraries> {
  if (pins.length === 0) return { libraries: [], imports: {} }
  const rows = await query<LibraryRow>(
    database,
    'select * from pgscript_engine.load_libraries(capability => $1, tenant_id => $2, imports => $3)',
    [database.capability, tenantId, JSON.stringify(pins)],
  )
  const places = new Map(rows.map(({ library_id, version }, index) => [`${library_id} ${version}`, index]))
  const importsOf = (imports: readonly LibraryPin[]): LibraryImports =>
    Object.fromEntries(
      imports.flatMap(({ specifier, library_id, library_version }) => {
        const place = places.get(`${library_id} ${library_version}`)
        return place === undefined ? [] : [[specifier, place] as const]
      }),
    )
  const libraries = rows.map((row) => ({
    fileName: fileNameOf(row),
    source: row.source,
    language: row.language,
    imports: importsOf(row.imports),
  }))
  return { libraries, imports: importsOf(pins) }
}

/** Where each file's lines lie in the code; nothing is to be said where there is only the script itself. */
export function filesOf(
  sources: readonly { fileName: string; source: string }[],
  places: readonly Place[],
): readonly ScriptFile[] | undefined {
  if (places.length === 0) return undefined
  return places.flatMap((place, index) => {
    const file = sources[index]
    return file ? [{ fileName: file.fileName, source: file.source, ...place }] : []
  })
}
