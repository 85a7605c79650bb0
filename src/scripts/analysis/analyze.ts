import type { AnyNode, Program } from 'acorn'

import type { AnalysisBlock } from '../../config.ts'
import { type Finding, findingAt, mostFindings, type Severity } from '../finding.ts'
import { changedExports } from './changed-exports.ts'
import { dynamicCode } from './dynamic-code.ts'
import { endlessLoop } from './endless-loop.ts'
import { knownAddress, secretInAddress } from './known-harm.ts'
import { comparedText, lookAlikes } from './look-alikes.ts'
import { obfuscatedScript, packer, unreadableLiteral } from './obfuscation.ts'
import { catastrophicPattern } from './regular-expressions.ts'
import type { Remark, Rule } from './rule.ts'
import { walk } from './walk.ts'

const rules: readonly Rule[] = [
  dynamicCode,
  endlessLoop,
  unreadableLiteral,
  packer,
  knownAddress,
  catastrophicPattern,
  comparedText,
]

/**
 * What of a script deserves a second look, the most severe first kept where there is much of it.
 *
 * It is read once and never run. Nobody is kept out by it who wants in: it finds what is common and what
 * is hidden badly, and the sandbox is what holds.
 */
export function analyze(source: string, program: Program): Finding[] {
  const remarks: Remark[] = []
  /** Each with where it first stands. */
  const names = new Map<string, number>()
  const calls: AnyNode[] = []
  for (const visited of walk(program)) {
    const { node } = visited
    if (node.type === 'Identifier') {
      names.set(node.name, Math.min(node.start, names.get(node.name) ?? node.start))
    }
    if (node.type === 'CallExpression' || node.type === 'VariableDeclarator') calls.push(node)
    for (const rule of rules) {
      const remark = rule(visited, source)
      if (remark) remarks.push(remark)
    }
  }
  remarks.push(...obfuscatedScript(source, names), ...lookAlikes(names), ...secretInAddress(calls))
  remarks.push(...changedExports(program))
  return firstOf(remarks).map(({ offset, ...remark }) => findingAt(source, offset, remark))
}

const order: readonly Severity[] = ['error', 'high', 'warning', 'info']

/** Severity order, as many as help; then in the order of the source. */
function firstOf(remarks: Remark[]): Remark[] {
  return remarks
    .sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity) || a.offset - b.offset)
    .slice(0, mostFindings)
    .sort((a, b) => a.offset - b.offset)
}

/** Whether a finding rejects a version; errors always do. */
export function isBlocked({ severity }: Finding, level: AnalysisBlock): boolean {
  if (severity === 'error') return true
  if (level === 'none' || severity === 'info') return false
  return severity === 'high' || level === 'warning'
}
