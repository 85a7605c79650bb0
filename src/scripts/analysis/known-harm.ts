import type { AnyNode } from 'acorn'

import { excerpt, path, type Remark, type Rule, writtenText } from './rule.ts'

const miners =
  /stratum\+(?:tcp|ssl|tls):|coin-?hive|coinimp|crypto-?loot|cryptonight|webminepool|minero\.cc|jsecoin|xmrig|moneroocean|supportxmr|minexmr|nicehash\.com/i

/** Addresses where anybody can read what was sent. */
const drops =
  /\b(?:webhook\.site|requestbin\.(?:com|net)|pipedream\.net|burpcollaborator\.net|oastify\.com|interact\.sh|oast\.(?:fun|me|live|site|pro|online)|ngrok(?:-free)?\.(?:io|app|dev)|requestcatcher\.com|beeceptor\.com|dnslog\.cn|ceye\.io|pastebin\.com|hookbin\.com|postb\.in|transfer\.sh|0x0\.st|termbin\.com|trycloudflare\.com|loca\.lt|serveo\.net|canarytokens\.com|typedwebhook\.tools)\b/i

/** Enough of a text to know it by. */
const longestLooked = 4_096

/** Texts that name a miner, or a place where stolen things are left. */
export const knownAddress: Rule = ({ node, parent }) => {
  const text = textOf(node, parent)
  if (text === undefined) return undefined
  const start = text.slice(0, longestLooked)
  const miner = miners.exec(start)
  if (miner) {
    const message = `'${excerpt(miner[0])}' belongs to the mining of cryptocurrencies.`
    return { severity: 'high', code: 'miner', message, offset: node.start }
  }
  const drop = drops.exec(start)
  if (!drop) return undefined
  const message = `${excerpt(drop[0])} shows to anybody what is sent to it. Use an address of your own.`
  return { severity: 'warning', code: 'public_drop', message, offset: node.start }
}

function textOf(node: AnyNode, parent: AnyNode | undefined): string | undefined {
  // The whole of what is put together, not each part of it again.
  if (node.type === 'BinaryExpression' && parent?.type !== 'BinaryExpression') return writtenText(node)
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined
  return node.type === 'TemplateElement' ? node.value.raw : undefined
}

const callers: ReadonlySet<string> = new Set(['fetch', 'get', 'post', 'put', 'patch', 'delete', 'request'])

/**
 * A secret in an address ends in logs along its way. What holds a secret is followed by name only: what
 * `secrets.get` gave to a variable, and where that is used.
 */
export function secretInAddress(nodes: readonly AnyNode[]): Remark[] {
  const holders = new Set<string>()
  for (const node of nodes) {
    if (
      node.type === 'VariableDeclarator' &&
      node.init &&
      node.id.type === 'Identifier' &&
      isSecret(node.init)
    ) {
      holders.add(node.id.name)
    }
  }
  return nodes.flatMap((node) => {
    if (node.type !== 'CallExpression' || !isRequest(node.callee)) return []
    const [address, options] = node.arguments
    const parts = [...(address ? partsOf(address) : []), ...queryOf(options)]
    if (!parts.some((part) => holdsSecret(part, holders))) return []
    const message = 'A secret is put into an address, which others log. Send it in a header or the body.'
    return [{ severity: 'warning' as const, code: 'secret_in_address', message, offset: node.start }]
  })
}

function isRequest(callee: AnyNode): boolean {
  const name = path(callee)
  if (name === 'fetch') return true
  const [object, method, more] = name?.split('.') ?? []
  if (object === 'sdk') return method === 'http' && more !== undefined && callers.has(more)
  return object === 'http' && method !== undefined && callers.has(method)
}

/** `await secrets.get(…)`, `sdk.secrets.get(…)`. */
function isSecret(node: AnyNode): boolean {
  const call = node.type === 'AwaitExpression' ? node.argument : node
  if (call.type !== 'CallExpression') return false
  const name = path(call.callee)
  return name === 'secrets.get' || name === 'sdk.secrets.get'
}

function holdsSecret(node: AnyNode, holders: ReadonlySet<string>): boolean {
  return isSecret(node) || (node.type === 'Identifier' && holders.has(node.name))
}

/** `http.get(url, { query: { key } })`: what ends in the address as well. */
function queryOf(options: AnyNode | undefined): AnyNode[] {
  return valuesOf(options, 'query').flatMap((query) => valuesOf(query))
}

function valuesOf(object: AnyNode | undefined, name?: string): AnyNode[] {
  if (object?.type !== 'ObjectExpression') return []
  return object.properties.flatMap((property) => {
    if (property.type !== 'Property') return []
    const { key, value } = property
    return name === undefined || (key.type === 'Identifier' && key.name === name) ? [value] : []
  })
}

/** What a text is put together of; a few levels are enough for how people write. */
function partsOf(node: AnyNode, depth = 0): AnyNode[] {
  if (depth > 20) return [node]
  if (node.type === 'TemplateLiteral') return node.expressions
  if (node.type === 'BinaryExpression' && node.operator === '+') {
    return [...partsOf(node.left, depth + 1), ...partsOf(node.right, depth + 1)]
  }
  return [node]
}
