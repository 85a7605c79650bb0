import type { Declaration, ExportDefaultDeclaration, ExportNamedDeclaration, Pattern, Program } from 'acorn'
import type MagicString from 'magic-string'

import { refusal } from './finding.ts'
import { exportName } from './imports.ts'

/** An exported name and the variable that holds its value once the module has run. */
export interface ExportBinding {
  exported: string
  local: string
}

export interface RewrittenExports {
  bindings: ExportBinding[]
  /** The default export is a function without a name of its own; a module calls it `default`. */
  defaultIsAnonymous: boolean
}

type ExportStatement = Extract<Program['body'][number], { type: `Export${string}` }>

/**
 * Turns export statements into what they declare, without moving a character.
 *
 * `holder` receives the value of a default export that has no name.
 */
export function rewriteExports(text: MagicString, program: Program, holder: string): RewrittenExports {
  const bindings: ExportBinding[] = []
  let defaultIsAnonymous = false
  for (const statement of program.body) {
    if (!isExport(statement)) continue
    if (statement.type === 'ExportDefaultDeclaration') {
      bindings.push({ exported: 'default', local: rewriteDefault(text, statement, holder) })
      defaultIsAnonymous = isAnonymousFunction(statement.declaration)
      continue
    }
    refuseReexport(text.original, statement)
    if (statement.type === 'ExportNamedDeclaration') bindings.push(...rewriteNamed(text, statement))
  }
  refuseProto(text.original, bindings)
  return { bindings, defaultIsAnonymous }
}

function isExport(statement: Program['body'][number]): statement is ExportStatement {
  return statement.type.startsWith('Export')
}

function refuseReexport(source: string, statement: ExportStatement): void {
  if (statement.type === 'ExportDefaultDeclaration' || !statement.source) return
  const message = '`export … from` is not supported. Import the name, then export it.'
  throw refusal(source, statement.start, 'reexport', message)
}

/** Assigning to `__proto__` would change what the exports object is, instead of adding to it. */
function refuseProto(source: string, bindings: ExportBinding[]): void {
  if (!bindings.some(({ exported }) => exported === '__proto__')) return
  const offset = source.search(/\bexport\b/)
  throw refusal(source, offset, 'reserved_export', '`__proto__` cannot be the name of an export.')
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

function rewriteDefault(text: MagicString, statement: ExportDefaultDeclaration, holder: string): string {
  const { declaration, start } = statement
  const word = wordAfter(text.original, start + 'export'.length)
  text.overwrite(start, start + 'export'.length, '      ')
  const isDeclaration = declaration.type === 'FunctionDeclaration' || declaration.type === 'ClassDeclaration'
  if (isDeclaration && declaration.id) {
    text.overwrite(word, word + 'default'.length, '       ')
    return declaration.id.name
  }
  text.overwrite(word, word + 'default'.length, `${holder.padEnd(6)}=`)
  if (isDeclaration) endStatement(text, declaration.end)
  return holder
}

/**
 * A declaration ends at its brace, but the assignment we made of it would run on into `(…)` or `[…]`.
 * The `;` takes the place of a blank. Only code glued to the brace (`}next()`) moves by one column.
 */
function endStatement(text: MagicString, end: number): void {
  const next = text.original[end]
  if (next === ';') return
  if (next === ' ' || next === '\t') text.overwrite(end, end + 1, ';')
  else text.appendLeft(end, ';')
}

/** Skips blanks and comments: `export /* here *\/ default`. */
function wordAfter(source: string, offset: number): number {
  const gap = /(?:\s+|\/\/[^\n\u2028\u2029]*|\/\*[\s\S]*?\*\/)*/y
  gap.lastIndex = offset
  gap.test(source)
  return gap.lastIndex
}

/**
 * Overwrites a statement with blanks, line ends kept, and `;` in front: the statement before it may
 * have ended only because `import` and `export` cannot continue one, and what follows perhaps can.
 */
export function blank(text: MagicString, start: number, end: number): void {
  const spaces = text.original.slice(start + 1, end).replace(/[^\n\u2028\u2029]/g, ' ')
  text.overwrite(start, end, `;${spaces}`)
}

function isAnonymousFunction(declaration: ExportDefaultDeclaration['declaration']): boolean {
  if (declaration.type === 'ArrowFunctionExpression') return true
  if (declaration.type === 'FunctionDeclaration' || declaration.type === 'FunctionExpression') {
    return !declaration.id
  }
  if (declaration.type !== 'ClassDeclaration' && declaration.type !== 'ClassExpression') return false
  // A static member may be called `name`, or may freeze the class before we could name it.
  const { body } = declaration.body
  return !declaration.id && body.every((member) => member.type !== 'StaticBlock' && !member.static)
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
