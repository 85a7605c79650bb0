import { domainToASCII } from 'node:url'

/** Whether a tenant lets its scripts call a host, by its settings `http_allow` and `http_deny`. */
export function tenantAllows(host: string, settings: Readonly<Record<string, unknown>>): boolean {
  const allow = patterns(settings.http_allow)
  if (matches(host, patterns(settings.http_deny))) return false
  return allow.length === 0 || matches(host, allow)
}

function patterns(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : []
}

function matches(host: string, list: readonly string[]): boolean {
  return list.some((pattern) => {
    if (pattern === '*') return true
    const wild = pattern.startsWith('*.')
    const name = plainHost(wild ? pattern.slice(2) : pattern)
    // A wildcard stands for one label or more; the name itself is a pattern of its own.
    return name !== '' && (wild ? host.endsWith(`.${name}`) : host === name)
  })
}

function plainHost(text: string): string {
  const host = text.replace(/\.$/, '').toLowerCase()
  if (!host.startsWith('[')) return domainToASCII(host)
  return URL.parse(`http://${host}`)?.hostname.slice(1, -1) ?? ''
}
