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

/** The name of a plain property: `a.name`, `a['name']`. */
export function propertyName(node: AnyNode): string | undefined {
  if (node.type !== 'MemberExpression') return undefined
  const { property, computed } = node
  if (!computed) return property.type === 'Identifier' ? property.name : undefined
  return property.type === 'Literal' && typeof property.value === 'string' ? property.value : undefined
}

/** `a.b.c` as text, up to three names; undefined of anything else. */
export function path(node: AnyNode): string | undefined {
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
