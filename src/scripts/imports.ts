import type { ImportDeclaration, Program } from 'acorn'

import { refusal } from './finding.ts'

export interface ImportedName {
  /** The export asked for: a name, `default`, or `*` for all of them. */
  imported: string
  local: string
  /** Offset in the source, for findings. */
  start: number
}

export interface ImportedModule {
  specifier: string
  names: ImportedName[]
  start: number
}

export function importDeclarations(program: Program): ImportDeclaration[] {
  return program.body.filter((statement) => statement.type === 'ImportDeclaration')
}

/** One entry a declaration, in the order of the source. */
export function readImport(source: string, declaration: ImportDeclaration): ImportedModule {
  refuseAttributes(source, declaration)
  const names = declaration.specifiers.map((specifier): ImportedName => {
    const { start } = specifier
    const local = specifier.local.name
    if (specifier.type === 'ImportDefaultSpecifier') return { imported: 'default', local, start }
    if (specifier.type === 'ImportNamespaceSpecifier') return { imported: '*', local, start }
    return { imported: exportName(specifier.imported), local, start }
  })
  return { specifier: String(declaration.source.value), names, start: declaration.start }
}

export function refuseAttributes(
  source: string,
  { attributes, start }: { attributes: readonly unknown[]; start: number },
): void {
  if (attributes.length === 0) return
  const message = 'Import attributes (`with { … }`) are not supported.'
  throw refusal(source, start, 'import_attributes', message)
}

/** An import or export name may be an identifier or a string. */
export function exportName(
  node: { type: 'Identifier'; name: string } | { type: 'Literal'; value?: unknown },
): string {
  return node.type === 'Identifier' ? node.name : String(node.value)
}

/** The statements that stand for the imports: constants, so that assigning to one fails as it must. */
export function importBindings({ specifier, names }: ImportedModule, importer: string): string {
  const imported = `${importer}(${quote(specifier)})`
  const namespaces = names.filter((name) => name.imported === '*')
  const properties = names.filter((name) => name.imported !== '*')
  const statements = namespaces.map(({ local }) => `const ${local} = ${imported};`)
  if (properties.length > 0 || namespaces.length === 0) {
    const pattern = properties.map(({ imported: name, local }) => `${quote(name)}: ${local}`).join(', ')
    statements.push(`const { ${pattern} } = ${imported};`)
  }
  return statements.join(' ')
}

/** A string literal on one line: U+2028 and U+2029 may stand in one, but would count as line ends. */
export function quote(text: string): string {
  return JSON.stringify(text).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
}
