import type { AnyNode } from 'acorn'

import type { Visited } from './rule.ts'

/** Every node, with a list of its own: a syntax tree may be deeper than the stack. */
export function* walk(root: AnyNode): Generator<Visited> {
  const pending: Visited[] = [{ node: root, parent: undefined }]
  for (let visit = pending.pop(); visit; visit = pending.pop()) {
    yield visit
    for (const node of childrenOf(visit.node)) pending.push({ node, parent: visit.node })
  }
}

/**
 * The nodes within, without those of inner functions: they run another time, or never. `inner` says that a
 * `break` without a label would leave a loop or switch further in.
 */
export function* walkOwn(root: AnyNode): Generator<{ node: AnyNode; inner: boolean }> {
  const pending = [{ node: root, inner: false }]
  for (let visit = pending.pop(); visit; visit = pending.pop()) {
    yield visit
    const { node } = visit
    const inner = visit.inner || (node !== root && isBreakable(node))
    for (const child of childrenOf(node)) if (!isFunction(child)) pending.push({ node: child, inner })
  }
}

function isBreakable({ type }: AnyNode): boolean {
  return type === 'SwitchStatement' || /^(While|DoWhile|For|ForOf|ForIn)Statement$/.test(type)
}

export function isFunction({ type }: AnyNode): boolean {
  return type === 'FunctionDeclaration' || type === 'FunctionExpression' || type === 'ArrowFunctionExpression'
}

function* childrenOf(node: AnyNode): Generator<AnyNode> {
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) yield child
    }
  }
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}
