import { isCatastrophic } from '../regexp-shape.ts'
import type { Rule } from './rule.ts'

/** Regular expressions that some text keeps busy for ever. */
export const catastrophicPattern: Rule = ({ node }) => {
  const pattern = patternOf(node)
  if (pattern === undefined || !isCatastrophic(pattern)) return undefined
  const message =
    'This regular expression can take exponential time on some texts. Do not repeat what is repeated within.'
  return { severity: 'warning', code: 'catastrophic_pattern', message, offset: node.start }
}

function patternOf(node: Parameters<Rule>[0]['node']): string | undefined {
  if (node.type === 'Literal') return node.regex?.pattern
  if (node.type !== 'NewExpression' && node.type !== 'CallExpression') return undefined
  const [first] = node.arguments
  if (node.callee.type !== 'Identifier' || node.callee.name !== 'RegExp' || first?.type !== 'Literal')
    return undefined
  return typeof first.value === 'string' ? first.value : undefined
}
