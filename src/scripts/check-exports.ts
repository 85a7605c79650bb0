import type { ExportDefaultDeclaration, Identifier, Program } from 'acorn'

import { type Finding, findingAt } from './finding.ts'
import { exportName } from './imports.ts'

export type ScriptType = 'scheduled' | 'http' | 'event' | 'one_off' | 'embedded'

/** Expressions whose value is no function, whatever the variables in them hold. */
const neverFunctions: ReadonlyMap<string, string> = new Map([
  ['Literal', 'a plain value'],
  ['TemplateLiteral', 'a string'],
  ['ObjectExpression', 'an object'],
  ['ArrayExpression', 'an array'],
  ['BinaryExpression', 'a plain value'],
  ['UnaryExpression', 'a plain value'],
  ['UpdateExpression', 'a number'],
  ['ClassDeclaration', 'a class'],
  ['ClassExpression', 'a class'],
])

const remedy = 'Write `export default async function (input, context) { … }`.'

/** Whether the script has something to call: a default export, or for a library any export. */
export function checkExports(
  source: string,
  program: Program,
  exports: string[],
  type: ScriptType,
): Finding[] {
  const statement = program.body.find((candidate) => candidate.type === 'ExportDefaultDeclaration')
  if (statement) return checkDefault(source, statement.declaration, program, type)
  const named = exportedAsDefault(program)
  if (named) return checkDefault(source, named, program, type)
  if (exports.includes('default')) return []
  if (type === 'embedded') {
    if (exports.length > 0 || program.body.some(({ type }) => type === 'ExportAllDeclaration')) return []
    return [missing('no_export', 'The script exports nothing. Export the functions that others may use.')]
  }
  return [
    missing('no_default_export', `The script has no default export, so there is nothing to run. ${remedy}`),
  ]
}

function missing(code: string, message: string): Finding {
  return { severity: 'error', code, message }
}

/** `export { main as default }` */
function exportedAsDefault({ body }: Program): Identifier | undefined {
  const specifiers = body.flatMap((statement) =>
    statement.type === 'ExportNamedDeclaration' && !statement.source ? statement.specifiers : [],
  )
  const local = specifiers.find(({ exported }) => exportName(exported) === 'default')?.local
  return local?.type === 'Identifier' ? local : undefined
}

function checkDefault(
  source: string,
  exported: ExportDefaultDeclaration['declaration'],
  program: Program,
  type: ScriptType,
): Finding[] {
  const what =
    exported.type === 'Identifier' ? whatIs(exported.name, program) : neverFunctions.get(exported.type)
  if (what === undefined || type === 'embedded') return []
  const message = `The default export is ${what}, not a function. ${remedy}`
  return [
    findingAt(source, exported.start, { severity: 'error', code: 'default_export_not_function', message }),
  ]
}

/** What a name of the module stands for, where its declaration says that it is no function. */
function whatIs(name: string, { body }: Program): string | undefined {
  if (name === 'undefined') return 'undefined'
  for (const statement of body) {
    const declaration =
      statement.type === 'ExportNamedDeclaration' ? (statement.declaration ?? statement) : statement
    if (declaration.type === 'ClassDeclaration' && declaration.id?.name === name) return 'a class'
    if (declaration.type !== 'VariableDeclaration' || declaration.kind !== 'const') continue
    const declarator = declaration.declarations.find(({ id }) => id.type === 'Identifier' && id.name === name)
    if (declarator?.init) return neverFunctions.get(declarator.init.type)
  }
  return undefined
}
