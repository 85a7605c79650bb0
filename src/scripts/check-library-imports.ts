import { type Finding, findingAt, mostFindings, printable } from './finding.ts'
import type { ImportedModule } from './imports.ts'

export const libraryPrefix = 'pgscript:lib/'

/** A version of a library that an import would load, itself or by way of others. */
export interface LoadedLibrary {
  id: string
  version: number
  /** 1 for what the script imports itself. */
  depth: number
  bytes: number
}

/** What a specifier stands for in the tenant. */
export interface ResolvedImport {
  specifier: string
  /** Null where there is no such script. */
  libraryId: string | null
  /** Null where none of its versions is active. */
  libraryVersion: number | null
  type: string | null
  /** Null where it is not known. */
  exports: readonly string[] | null
  libraries: readonly LoadedLibrary[]
}

export const mostLibraries = 50
export const deepestLibrary = 8
export const mostLibraryBytes = 1_048_576

export interface LibraryCheck {
  source: string
  imports: readonly ImportedModule[]
  resolved: readonly ResolvedImport[]
  /** Null for a source that is no saved script. */
  scriptId: string | null
}

export function isLibrary(specifier: string): boolean {
  return specifier.startsWith(libraryPrefix)
}

/** What is wrong with what a script imports of other scripts, at the place of the import. */
export function checkLibraryImports({ source, imports, resolved, scriptId }: LibraryCheck): Finding[] {
  const known = new Map(resolved.map((library) => [library.specifier, library]))
  const ofEach = imports
    .values()
    .filter(({ specifier }) => isLibrary(specifier))
    .flatMap((module) => checkOne(source, module, known.get(module.specifier), scriptId))
    .take(mostFindings)
    .toArray()
  if (ofEach.length > 0) return ofEach
  const [first] = imports.filter(({ specifier }) => isLibrary(specifier))
  return first ? checkTogether(source, first, resolved) : []
}

function checkOne(
  source: string,
  { specifier, names, start }: ImportedModule,
  library: ResolvedImport | undefined,
  scriptId: string | null,
): Finding[] {
  const name = shown(specifier.slice(libraryPrefix.length))
  const refuse = (code: string, message: string, at = start) => [error(source, at, code, message)]
  if (!library?.libraryId) {
    return refuse(
      'library_not_found',
      `The tenant has no script named ${name}. Save it as type embedded first.`,
    )
  }
  if (library.libraryId === scriptId) {
    return refuse('library_cycle', `The script imports itself, ${name}. Call its functions directly.`)
  }
  if (library.type !== 'embedded') {
    const message = `${name} is a script of type ${library.type}; only embedded scripts can be imported. Change its type.`
    return refuse('library_not_embedded', message)
  }
  if (library.libraryVersion === null) {
    const message = `${name} has no active version to pin to. Activate a version of it, then save this script again.`
    return refuse('library_not_active', message)
  }
  if (library.libraries.some(({ id }) => id === scriptId)) {
    const message = `${name} imports this script, itself or by way of others. Move what both need into a third.`
    return refuse('library_cycle', message)
  }
  const { exports } = library
  if (exports === null) return []
  const has = new Set(['*', ...exports])
  return names
    .filter(({ imported }) => !has.has(imported))
    .map(({ imported, start: at }) =>
      error(
        source,
        at,
        'unknown_import_name',
        `${name} (version ${library.libraryVersion}) has no export ${shown(imported)}. It has: ${list(exports)}.`,
      ),
    )
}

/** What all imports together would load, each library version once. */
function checkTogether(
  source: string,
  first: ImportedModule,
  resolved: readonly ResolvedImport[],
): Finding[] {
  const all = new Map(
    resolved.flatMap(({ libraries }) =>
      libraries.map((library) => [`${library.id} ${library.version}`, library]),
    ),
  )
  const bytes = all.values().reduce((sum, library) => sum + library.bytes, 0)
  const depth = Math.max(0, ...all.values().map((library) => library.depth))
  const over =
    (all.size > mostLibraries && `${all.size} libraries would be loaded; ${mostLibraries} are allowed`) ||
    (depth > deepestLibrary &&
      `The libraries import each other ${depth} deep; ${deepestLibrary} is allowed`) ||
    (bytes > mostLibraryBytes && `The libraries have ${bytes} bytes; ${mostLibraryBytes} are allowed`)
  if (!over) return []
  return [
    error(source, first.start, 'library_limit', `${over}. Join libraries, or leave out what is not needed.`),
  ]
}

function error(source: string, start: number, code: string, message: string): Finding {
  return findingAt(source, start, { severity: 'error', code, message })
}

function list(names: readonly string[]): string {
  if (names.length === 0) return 'nothing'
  const first = names.slice(0, 30).map(printable).join(', ')
  return names.length > 30 ? `${first}, …` : first
}

function shown(text: string): string {
  return `'${printable(text.length > 100 ? `${text.slice(0, 100)}…` : text)}'`
}
