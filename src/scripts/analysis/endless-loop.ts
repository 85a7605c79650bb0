import type { AnyNode } from 'acorn'

import type { Rule } from './rule.ts'
import { walkOwn } from './walk.ts'

type Loop = Extract<AnyNode, { type: 'WhileStatement' | 'DoWhileStatement' | 'ForStatement' }>

/** `while (true)` with no way out and no `await`: it ends at the processor limit, never by itself. */
export const endlessLoop: Rule = ({ node }) => {
  if (!isLoop(node) || !isAlwaysTrue(node) || hasWayOut(node)) return undefined
  const message = 'This loop never ends and never waits. Give it a condition, a `break` or a `return`.'
  return { severity: 'warning', code: 'endless_loop', message, offset: node.start }
}

function isLoop(node: AnyNode): node is Loop {
  return node.type === 'WhileStatement' || node.type === 'DoWhileStatement' || node.type === 'ForStatement'
}

function isAlwaysTrue({ test }: Loop): boolean {
  if (!test) return true
  if (test.type === 'Literal') return Boolean(test.value)
  return (
    test.type === 'UnaryExpression' &&
    test.operator === '!' &&
    test.argument.type === 'Literal' &&
    !test.argument.value
  )
}

const waysOut: ReadonlySet<string> = new Set([
  'ReturnStatement',
  'ThrowStatement',
  'AwaitExpression',
  'YieldExpression',
])
/** More nodes are not looked at: nested loops would otherwise cost the square of the source. */
const mostNodes = 2_000

function hasWayOut(loop: Loop): boolean {
  let nodes = 0
  for (const { node, inner } of walkOwn(loop)) {
    nodes += 1
    if (nodes > mostNodes) return true
    if (waysOut.has(node.type) || (node.type === 'ForOfStatement' && node.await)) return true
    if (leaves(node, inner)) return true
  }
  return false
}

/** Where a label is named it is not looked up: rather no remark than a wrong one. */
function leaves(node: AnyNode, inner: boolean): boolean {
  if (node.type === 'BreakStatement') return !inner || Boolean(node.label)
  return node.type === 'ContinueStatement' && Boolean(node.label)
}
