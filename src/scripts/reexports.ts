import type { ExportAllDeclaration, ExportNamedDeclaration } from 'acorn'

import type { ExportBinding, OurNames } from './exports.ts'
import { exportName, type ImportedModule, refuseAttributes } from './imports.ts'

/** `export … from`, as an import and an export of what was imported. */
export interface Reexport {
  imported: ImportedModule
  bindings: ExportBinding[]
  /** Of `export * from`: the variable that holds what is passed on. */
  passedOn?: { specifier: string; local: string }
}

export function readReexport(
  source: string,
  statement: ExportNamedDeclaration | ExportAllDeclaration,
  { fresh }: OurNames,
): Reexport {
  refuseAttributes(source, statement)
  const { start } = statement
  const specifier = String(statement.source?.value)
  if (statement.type === 'ExportAllDeclaration') {
    const local = fresh()
    const imported = { specifier, names: [{ imported: '*', local, start }], start }
    const { exported } = statement
    if (exported) return { imported, bindings: [{ exported: exportName(exported), local }] }
    return { imported, bindings: [], passedOn: { specifier, local } }
  }
  const names = statement.specifiers.map((name) => ({
    exported: exportName(name.exported),
    imported: exportName(name.local),
    local: fresh(),
    start: name.start,
  }))
  return {
    imported: {
      specifier,
      names: names.map(({ imported, local, start: at }) => ({ imported, local, start: at })),
      start,
    },
    bindings: names.map(({ exported, local }) => ({ exported, local })),
  }
}
