import type { AnyNode } from 'acorn'

import { path, propertyName, type Remark, type Rule, writtenText } from './rule.ts'
import { isFunction } from './walk.ts'

const evaluators: ReadonlySet<string> = new Set([
  'eval',
  'Function',
  'AsyncFunction',
  'GeneratorFunction',
  ...['globalThis', 'self', 'window', 'global'].flatMap((realm) => [`${realm}.eval`, `${realm}.Function`]),
])
const functionsOfTime: ReadonlySet<string> = new Set(['setTimeout', 'setInterval'])

/** Code that is made of text while it runs: nobody can read it beforehand. */
export const dynamicCode: Rule = ({ node, parent }) => {
  if (node.type === 'CallExpression' || node.type === 'NewExpression') return judgeCall(node)
  if (node.type === 'MemberExpression') return judgeMember(node)
  if (node.type === 'VariableDeclarator') return judgeVariable(node)
  if (node.type === 'Identifier' && node.name === 'eval' && parent && isValueIn(parent, node)) {
    const message = '`eval` is given another name or handed on. It makes code of text; write the code out.'
    return { severity: 'warning', code: 'dynamic_code', message, offset: node.start }
  }
  return undefined
}

/** Whether the name stands for what it names there, and is not called: a call has a remark of its own. */
function isValueIn(parent: AnyNode, node: AnyNode): boolean {
  switch (parent.type) {
    case 'VariableDeclarator':
      return parent.init === node
    case 'AssignmentExpression':
      return parent.right === node
    case 'Property':
      return parent.value === node
    case 'CallExpression':
    case 'NewExpression':
      return parent.callee !== node
    default:
      return ['ArrayExpression', 'ReturnStatement', 'ConditionalExpression', 'LogicalExpression'].includes(
        parent.type,
      )
  }
}

function judgeCall(node: Extract<AnyNode, { type: 'CallExpression' | 'NewExpression' }>): Remark | undefined {
  const { callee, start } = node
  const name = path(callee) ?? ''
  if (evaluators.has(name)) {
    const message = `\`${name}\` makes code of text. It throws when it runs, unless the operator allows it; write the code out.`
    return { severity: 'warning', code: 'dynamic_code', message, offset: start }
  }
  const [first] = node.arguments
  if (functionsOfTime.has(name) && first && isText(first)) {
    const message = `\`${name}\` is given text instead of a function.`
    return { severity: 'warning', code: 'dynamic_code', message, offset: start }
  }
  if (name === 'Reflect.construct' && isFunctionItself(first)) {
    const message = '`Function` makes code of text. Write the code out.'
    return { severity: 'warning', code: 'dynamic_code', message, offset: start }
  }
  const [, second] = node.arguments
  if (
    name === 'Reflect.get' &&
    first &&
    isFunction(first) &&
    second &&
    writtenText(second) === 'constructor'
  ) {
    return trick('high', start)
  }
  // `(() => {}).constructor('…')`, `[].map.constructor('…')`: `Function` by another way.
  if (propertyName(callee) === 'constructor' && node.arguments.length > 0 && !isOwnConstructor(node)) {
    const message =
      'A constructor is reached through a value and called: that is how `Function` is reached in disguise.'
    return { severity: 'high', code: 'constructor_trick', message, offset: start }
  }
  return undefined
}

/**
 * `new this.constructor(…)` and `new other.constructor(…)` make another of the same class; so does
 * `new this.buffer.constructor(0)`, as libraries write it, where what it is given is a length and no text.
 */
function isOwnConstructor({
  type,
  callee,
  arguments: given,
}: Extract<AnyNode, { type: 'CallExpression' | 'NewExpression' }>): boolean {
  if (callee.type !== 'MemberExpression') return false
  const { object } = callee
  if (object.type === 'ThisExpression' || object.type === 'Identifier') return true
  return type === 'NewExpression' && object.type === 'MemberExpression' && given.every(isLength)
}

function isLength(node: AnyNode): boolean {
  if (node.type === 'Literal') return typeof node.value === 'number'
  return ['length', 'byteLength'].includes(propertyName(node) ?? '')
}

/** Also a number, which is taken for one. */
function isText(node: AnyNode): boolean {
  if (node.type === 'BinaryExpression')
    return node.operator === '+' && (isText(node.left) || isText(node.right))
  return node.type === 'Literal' || node.type === 'TemplateLiteral'
}

function isFunctionItself(node: AnyNode | null | undefined): boolean {
  return node?.type === 'Identifier' && node.name === 'Function'
}

function trick(severity: 'high' | 'warning', offset: number): Remark {
  const message = 'The constructor of a function is `Function`, or of its kin: by it text becomes code.'
  return { severity, code: 'constructor_trick', message, offset }
}

function judgeVariable({
  id,
  init,
  start,
}: Extract<AnyNode, { type: 'VariableDeclarator' }>): Remark | undefined {
  if (isFunctionItself(init)) {
    const message = '`Function` is given another name. It makes code of text; write the code out.'
    return { severity: 'warning', code: 'dynamic_code', message, offset: start }
  }
  if (id.type !== 'ObjectPattern' || !init || !isFunction(init)) return undefined
  const isTaken = id.properties.some(
    (property) =>
      property.type === 'Property' &&
      property.key.type === 'Identifier' &&
      property.key.name === 'constructor',
  )
  return isTaken ? trick('high', start) : undefined
}

/** `Object.getPrototypeOf(async () => {})`; some only compare with the constructor that it has. */
function isPrototypeOfFunction(node: AnyNode): boolean {
  if (node.type !== 'CallExpression') return false
  const [first] = node.arguments
  const name = path(node.callee) ?? ''
  return /^(?:Object|Reflect)\.getPrototypeOf$/.test(name) && first !== undefined && isFunction(first)
}

function judgeMember(node: Extract<AnyNode, { type: 'MemberExpression' }>): Remark | undefined {
  const { object, property, computed, start } = node
  if (propertyName(node) === 'constructor' && propertyName(object) === 'constructor') {
    const message = 'The constructor of a constructor is `Function`, by which text becomes code.'
    return { severity: 'high', code: 'constructor_trick', message, offset: start }
  }
  if (propertyName(node) === 'constructor' && isPrototypeOfFunction(object)) return trick('warning', start)
  if (computed && propertyName(node) === undefined && isFunction(object)) {
    const message =
      'A property of a function is chosen by a computed name: that is how `Function` is reached in disguise.'
    return { severity: 'high', code: 'constructor_trick', message, offset: start }
  }
  const isGlobal = object.type === 'Identifier' && object.name === 'globalThis'
  if (isGlobal && computed && property.type !== 'Literal') {
    const message = 'A global is chosen by a name that is only known while it runs. Name it.'
    return { severity: 'warning', code: 'computed_global', message, offset: start }
  }
  return undefined
}
