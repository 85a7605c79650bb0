import { isLibrary, libraryPrefix } from './check-library-imports.ts'
import { type Finding, findingAt, mostFindings, printable } from './finding.ts'
import type { ImportedModule, ImportedName } from './imports.ts'
import { checkName } from './name.ts'

/** What a script can import from 'pgscript'. The sandbox provides exactly these. */
export const pgscriptExports = [
  'sdk',
  'context',
  'log',
  'http',
  'fetch',
  'db',
  'collections',
  'cache',
  'storage',
  'events',
  'scripts',
  'secrets',
  'variables',
  'services',
  'crypto',
  'utils',
  'PermanentError',
  'RetryAfterError',
  'HttpError',
] as const

const known: ReadonlySet<string> = new Set(['*', ...pgscriptExports])
const available = `Scripts import from 'pgscript': ${pgscriptExports.join(', ')}; and from 'pgscript:lib/NAME'.`

/** The first that are wrong: finding the line of each costs a pass over the source. */
export function checkImports(source: string, imports: ImportedModule[]): Finding[] {
  return imports
    .values()
    .flatMap((module) => checkModule(source, module))
    .take(mostFindings)
    .toArray()
}

function checkModule(source: string, { specifier, names, start }: ImportedModule): Iterable<Finding> {
  if (specifier === 'pgscript') {
    const unknown = names.values().filter(({ imported }) => !known.has(imported))
    return unknown.map((name) => unknownName(source, name))
  }
  if (isLibrary(specifier)) return checkLibraryName(source, specifier, start)
  const message = `${shown(specifier)} cannot be imported. ${available} For a type alone, write \`import type\`.`
  return [findingAt(source, start, { severity: 'error', code: 'unknown_import', message })]
}

/**
 * Which libraries there are, only the database knows (see check-library-imports.ts); it is not asked for names that it
 * could not hold.
 */
function checkLibraryName(source: string, specifier: string, start: number): Finding[] {
  const name = specifier.slice(libraryPrefix.length)
  if (checkName(name).length === 0) return []
  const message = `${shown(name)} cannot be the name of a script. Write '${libraryPrefix}NAME' with the name of an embedded script.`
  return [findingAt(source, start, { severity: 'error', code: 'library_not_found', message })]
}

function unknownName(source: string, { imported, start }: ImportedName): Finding {
  const message =
    imported === 'default'
      ? `'pgscript' has no default export; write \`import { sdk } from 'pgscript'\`. ${available}`
      : `'pgscript' has no export ${shown(imported)}. ${available}`
  return findingAt(source, start, { severity: 'error', code: 'unknown_import_name', message })
}

function shown(text: string): string {
  return `'${printable(text.length > 60 ? `${text.slice(0, 60)}…` : text)}'`
}
