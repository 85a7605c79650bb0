import type { Declaration, ExportNamedDeclaration, Pattern, Program } from 'acorn'
import type MagicString from 'magic-string'

import { isAnonymousFunction, rewriteDefault } from './export-default.ts'
import { printable, refusal } from './finding.ts'
import { exportName, type ImportedModule } from './imports.ts'
import { type Reexport, readReexport } from './reexports.ts'

/** An exported name and the variable that holds its value once the module has run. */
export interface ExportBinding {
  exported: string
  local: string
}

export interface RewrittenExports {
  bindings: ExportBinding[]
  /** What `export … from` imports on its way. */
  imports: ImportedModule[]
  /** The variables of `imports` whose every export is passed on, by `export * from`. */
  passedOn: { specifier: string; local: string }[]
  /** The default export is a function without a name of its own; a module calls it `default`. */
  defaultIsAnonymous: boolean
  /** The text declares `holder` itself. */
  holderIsDeclared: boolean
}

type ExportStatement = Extract<Program['body'][number], { type: `Export${string}` }>

export interface OurNames {
  /** Receives the value of a default export that has no name. */
  holder: string
  /** Gives a name that nothing in the script has. */
  fresh(): string
}

/** Turns export statements into what they declare, without moving a character. */
export function rewriteExports(text: MagicString, program: Program, names: OurNames): RewrittenExports {
  const rewritten: RewrittenExports = {
    bindings: [],
    imports: [],
    passedOn: [],
    defaultIsAnonymous: false,
    holderIsDeclared: false,
  }
  for (const statement of program.body) {
    if (!isExport(statement)) continue
    if (statement.type === 'ExportDefaultDeclaration') {
      const { local, declares } = rewriteDefault(text, statement, names.holder)
      rewritten.bindings.push({ exported: 'default', local })
      rewritten.defaultIsAnonymous = isAnonymousFunction(statement.declaration)
      rewritten.holderIsDeclared = declares && local === names.holder
    } else if (statement.source) {
      addReexport(rewritten, readReexport(text.original, statement, names))
      blank(text, statement.start, statement.end)
    } else if (statement.type === 'ExportNamedDeclaration') {
      rewritten.bindings.push(...rewriteNamed(text, statement))
    }
  }
  refuseNames(text.original, rewritten.bindings)
  return rewritten
}

function addReexport(rewritten: RewrittenExports, reexport: Reexport): void {
  rewritten.imports.push(reexport.imported)
  rewritten.bindings.push(...reexport.bindings)
  if (reexport.passedOn) rewritten.passedOn.push(reexport.passedOn)
}

function isExport(statement: Program['body'][number]): statement is ExportStatement {
  return statement.type.startsWith('Export')
}

/**
 * Assigning to `__proto__` would change what the exports object is, instead of adding to it. A name may be any
 * string, but only one that can be shown can be kept beside the version.
 */
function refuseNames(source: string, bindings: ExportBinding[]): void {
  const wrong = bindings.find(({ exported }) => exported === '__proto__' || exported !== printable(exported))
  if (!wrong) return
  const offset = source.search(/\bexport\b/)
  const why =
    wrong.exported === '__proto__'
      ? '`__proto__` cannot be the name of an export.'
      : `'${printable(wrong.exported.slice(0, 60))}' holds a control character, and cannot be the name of an export.`
  throw refusal(source, offset, 'reserved_export', `${why} Choose another.`)
}

function rewriteNamed(text: MagicString, statement: ExportNamedDeclaration): ExportBinding[] {
  const { declaration, specifiers, start, end } = statement
  if (declaration) {
    text.overwrite(start, start + 'export'.length, '      ')
    return declaredNames(declaration).map((name) => ({ exported: name, local: name }))
  }
  blank(text, start, end)
  return specifiers.map((specifier) => ({
    exported: exportName(specifier.exported),
    local: exportName(specifier.local),
  }))
}

/**
 * Overwrites a statement with blanks, line ends kept, and `;` in front: the statement before it may
 * have ended only because `import` and `export` cannot continue one, and what follows perhaps can.
 */
export function blank(text: MagicString, start: number, end: number): void {
  const spaces = text.original.slice(start + 1, end).replace(/[^\n\u2028\u2029]/g, ' ')
  text.overwrite(start, end, `;${spaces}`)
}

/** The names of variables of the module, not constants, that it exports under whatever name. */
export function exportedVariables({ body }: Program): ReadonlySet<string> {
  const variables = new Set<string>()
  const exported = new Set<string>()
  for (const statement of body) {
    const named = statement.type === 'ExportNamedDeclaration' && !statement.source ? statement : undefined
    for (const name of variableNames(named ? named.declaration : statement)) {
      variables.add(name)
      if (named) exported.add(name)
    }
    for (const { local } of named?.specifiers ?? []) exported.add(exportName(local))
  }
  return exported.intersection(variables)
}

function variableNames(statement: Program['body'][number] | Declaration | null | undefined): string[] {
  const isVariable = statement?.type === 'VariableDeclaration' && statement.kind !== 'const'
  return isVariable ? declaredNames(statement) : []
}

function declaredNames(declaration: Declaration): string[] {
  if (declaration.type !== 'VariableDeclaration') return [declaration.id.name]
  return declaration.declarations.flatMap(({ id }) => patternNames(id))
}

function patternNames(pattern: Pattern): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name]
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        patternNames(property.type === 'Property' ? property.value : property.argument),
      )
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element ? patternNames(element) : []))
    case 'RestElement':
      return patternNames(pattern.argument)
    case 'AssignmentPattern':
      return patternNames(pattern.left)
    default:
      return []
  }
}
