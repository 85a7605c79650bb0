import type { AnyNode } from 'acorn'

import type { Severity } from '../finding.ts'

/** What deserves a second look, before its line is looked up. */
export interface Remark {
  severity: Exclude<Severity, 'error'>
  code: string
  message: string
  offset: number
}

export interface Visited {
  node: AnyNode
  /** Undefined for the program itself. */
  parent: AnyNode | undefined
}

/** Judges one node; must be cheap, for it is asked of every one. */
export type Rule = (visited: Visited, source: string) => Remark | undefined

/** The name of a property that is written out: `a.name`, `a['name']`, `a['na' + 'me']`. */
export function propertyName(node: AnyNode): string | undefined {
  if (node.type !== 'MemberExpression') return undefined
  const { property, computed } = node
  if (!computed) return property.type === 'Identifier' ? property.name : undefined
  return writtenText(property)
}

/** A text that is there in the source, in one piece or in a few. */
export function writtenText(node: AnyNode, pieces = 20): string | undefined {
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined
  if (node.type === 'TemplateLiteral')
    return node.expressions.length === 0 ? (node.quasis[0]?.value.cooked ?? undefined) : undefined
  if (node.type !== 'BinaryExpression' || node.operator !== '+' || pieces === 0) return undefined
  const right = writtenText(node.right, 0)
  const left = right === undefined ? undefined : writtenText(node.left, pieces - 1)
  return left === undefined ? undefined : `${left}${right}`
}

/** `a.b.c` as text, up to three names, also behind a comma; undefined of anything else. */
export function path(given: AnyNode): string | undefined {
  const node = given.type === 'SequenceExpression' ? (given.expressions.at(-1) ?? given) : given
  if (node.type === 'Identifier') return node.name
  if (node.type !== 'MemberExpression') return undefined
  const name = propertyName(node)
  const { object } = node
  if (name === undefined) return undefined
  if (object.type === 'Identifier') return `${object.name}.${name}`
  const first = propertyName(object)
  if (object.type !== 'MemberExpression' || object.object.type !== 'Identifier' || first === undefined)
    return undefined
  return `${object.object.name}.${first}.${name}`
}

/** A bound on what is shown of a script's text. */
export function excerpt(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
