import { Script } from 'node:vm'

import { compileScript } from '../../src/scripts/transform.ts'

type Modules = Record<string, Record<string, unknown>>
type Body = (load: (specifier: string) => unknown, exports: object) => Promise<unknown>

/** Runs a script as the sandbox does and returns what it exports. */
export async function evaluate(source: string, modules: Modules = {}): Promise<Record<string, unknown>> {
  const { code } = compileScript({ source, fileName: 'script.js' })
  const body: Body = new Script(code, { filename: 'script.js', lineOffset: -1 }).runInThisContext()
  const exports: Record<string, unknown> = Object.create(null)
  await body((specifier) => modules[specifier], exports)
  return exports
}

/** The same source as a real module of Node's. */
export async function evaluateAsModule(source: string): Promise<Record<string, unknown>> {
  return { ...(await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(source)}`)) }
}

/** The `line:column` of the first frame of the script in an error's stack. */
export function positionOf(error: unknown): string | undefined {
  return error instanceof Error ? /script\.js:(\d+:\d+)/.exec(error.stack ?? '')?.[1] : undefined
}

/** The `line:column` at which a text first stands in a source. */
export function positionIn(source: string, text: string): string {
  const before = source.slice(0, source.indexOf(text)).split(/[\n\u2028\u2029]/)
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`
}
