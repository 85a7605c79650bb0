import type { AnyNode } from 'acorn'

import { type Finding, findingAt } from './finding.ts'

export interface Inspection {
  /** Every identifier in the source, escapes resolved: what a name of ours must not equal. */
  names: ReadonlySet<string>
  /** Constructs that parse as a module but cannot work, or would mean something else, where it runs. */
  findings: Finding[]
}

interface Visit {
  node: AnyNode
  insideFunction: boolean
}

/** Walks with a list of its own: a syntax tree may be deeper than the stack. */
export function inspectModule(source: string, program: AnyNode): Inspection {
  const names = new Set<string>()
  const findings: Finding[] = []
  const pending: Visit[] = [{ node: program, insideFunction: false }]
  for (let visit = pending.pop(); visit; visit = pending.pop()) {
    const { node } = visit
    if (node.type === 'Identifier') names.add(node.name)
    const finding = judge(source, visit)
    if (finding) findings.push(finding)
    const insideFunction = visit.insideFunction || isFunction(node)
    for (const child of childrenOf(node)) pending.push({ node: child, insideFunction })
  }
  return { names, findings: findings.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)).slice(0, 20) }
}

function judge(source: string, { node, insideFunction }: Visit): Finding | undefined {
  const error = (offset: number, code: string, message: string) =>
    findingAt(source, offset, { severity: 'error', code, message })

  if (node.type === 'ImportExpression') {
    return error(
      node.start,
      'dynamic_import',
      '`import()` is not available. Import at the top of the script.',
    )
  }
  if (node.type === 'MetaProperty' && node.meta.name === 'import') {
    return error(node.start, 'import_meta', '`import.meta` is not available: a script has no address.')
  }
  if (node.type === 'Identifier' && node.name === 'arguments' && !insideFunction) {
    return error(node.start, 'arguments_outside_function', '`arguments` exists only inside a function.')
  }
  // The body runs as a function of a classic script, where `<!--` begins a comment; in a module it does not.
  if (node.type === 'BinaryExpression' && source.startsWith('<!--', node.right.start - 1)) {
    const message = '`<!--` would be read as a comment. Put a space after the `<`.'
    return error(node.right.start - 1, 'html_comment', message)
  }
  return undefined
}

/** Arrow functions have no `arguments` of their own. */
function isFunction(node: AnyNode): boolean {
  return node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression'
}

function* childrenOf(node: AnyNode): Generator<AnyNode> {
  for (const [key, value] of Object.entries(node)) {
    if (isPlainName(node, key)) continue
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) yield child
    }
  }
}

/** `a.arguments` and `{ arguments: 1 }` name a property, not a variable. */
function isPlainName(node: AnyNode, key: string): boolean {
  if (node.type === 'MemberExpression') return key === 'property' && !node.computed
  if (node.type === 'Property') return key === 'key' && !node.computed && !node.shorthand
  if (node.type === 'MethodDefinition' || node.type === 'PropertyDefinition') {
    return key === 'key' && !node.computed
  }
  return (
    (node.type === 'ImportSpecifier' && key === 'imported') ||
    (node.type === 'ExportSpecifier' && key === 'exported')
  )
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}
