import type { AnyNode, Program } from 'acorn'

import { exportedVariables } from '../exports.ts'
import type { Remark } from './rule.ts'
import { walk, walkOwn } from './walk.ts'

/**
 * Exported variables that a function changes: whoever imports one has the value that it had when the module had
 * run. A parameter of the same name is not told apart, so this is for people to read and blocks nothing.
 */
export function changedExports(program: Program): Remark[] {
  const exported = exportedVariables(program)
  if (exported.size === 0) return []
  const beforeTheEnd = new Set<AnyNode>()
  for (const { node } of walkOwn(program)) beforeTheEnd.add(node)
  const remarks: Remark[] = []
  for (const { node } of walk(program)) {
    const name = changedName(node)
    if (name === undefined || !exported.has(name) || beforeTheEnd.has(node)) continue
    const message = `The exported variable '${name}' is changed here; scripts that import it go on with the value it had at first. Export a function that gives it.`
    remarks.push({ severity: 'info', code: 'changed_export', message, offset: node.start })
  }
  return remarks
}

function changedName(node: AnyNode): string | undefined {
  const changed =
    node.type === 'UpdateExpression' ? node.argument : node.type === 'AssignmentExpression' ? node.left : null
  return changed?.type === 'Identifier' ? changed.name : undefined
}
