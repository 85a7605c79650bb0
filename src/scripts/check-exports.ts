import type { ExportDefaultDeclaration, Program } from 'acorn'

import { type Finding, findingAt } from './finding.ts'

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
  if (statement) return checkDefault(source, statement, type)
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

function checkDefault(
  source: string,
  { declaration }: ExportDefaultDeclaration,
  type: ScriptType,
): Finding[] {
  const what = neverFunctions.get(declaration.type)
  if (what === undefined || type === 'embedded') return []
  const message = `The default export is ${what}, not a function. ${remedy}`
  return [
    findingAt(source, declaration.start, { severity: 'error', code: 'default_export_not_function', message }),
  ]
}
