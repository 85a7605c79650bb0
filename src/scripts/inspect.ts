import type { AnyNode } from 'acorn'

import { type Finding, findingAt, mostFindings } from './finding.ts'

export interface Inspection {
  /** Every identifier in the source, escapes resolved: what a name of ours must not equal. */
  names: ReadonlySet<string>
  /** Constructs that parse as a module but cannot work, or would mean something else, where it runs. */
  findings: Finding[]
}

interface Fault {
  offset: number
  code: string
  message: string
}

interface Visit {
  node: AnyNode
  insideFunction: boolean
}

/** Walks with a list of its own: a syntax tree may be deeper than the stack. */
export function inspectModule(source: string, program: AnyNode): Inspection {
  const names = new Set<string>()
  const faults: Fault[] = []
  const pending: Visit[] = [{ node: program, insideFunction: false }]
  for (let visit = pending.pop(); visit; visit = pending.pop()) {
    const { node } = visit
    if (node.type === 'Identifier') names.add(node.name)
    const fault = judge(source, visit)
    if (fault) faults.push(fault)
    const insideFunction = visit.insideFunction || isFunction(node)
    for (const child of childrenOf(node)) pending.push({ node: child, insideFunction })
  }
  return { names, findings: firstOf(faults, source) }
}

/** The walk is not in the order of the source; only the few that are kept have their line looked up. */
function firstOf(faults: Fault[], source: string): Finding[] {
  const first = faults.sort((a, b) => a.offset - b.offset).slice(0, mostFindings)
  return first.map(({ offset, code, message }) =>
    findingAt(source, offset, { severity: 'error', code, message }),
  )
}

function judge(source: string, { node, insideFunction }: Visit): Fault | undefined {
  const error = (offset: number, code: string, message: string): Fault => ({ offset, code, message })

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
