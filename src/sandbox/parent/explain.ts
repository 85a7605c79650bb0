/** What V8 says when an object that cannot be changed is to be changed. */
const ofFrozen =
  /^Cannot (?:(?:add|define) property .+, object is not extensible$|assign to read only property '|delete property '.+' of )|^.+ is not extensible$/s
const ofInherited = /^Cannot assign to read only property '(?:constructor|Symbol\(Symbol\.iterator\))' of /
const missing = /^(\w+) is not defined$/

const builtIns = new Set(Object.getOwnPropertyNames(globalThis).filter((name) => /^[A-Z]/.test(name)))
/** Before the place: `Array.prototype.at`, of which `=` is the place, or `delete Array.prototype`. */
const assigned = /\b([A-Z]\w*)(?:\.prototype)?(?:\.\w+|\[[^\]]*\])?\s*$/
/** From the place on: `defineProperty(Array.prototype`. */
const passed = /^\w+\(\s*([A-Z]\w*)/

const node = 'nothing of Node.js is there'
const modules = `${node}; a script is an ES module and may import 'pgscript' and its libraries`
const memory = 'it was taken away, for what it reserves cannot be limited'
const collector = 'nothing may depend on when memory is collected'
const timers = 'use setTimeout'
const browser = 'there is no browser'
const why: Record<string, string> = {
  require: modules,
  module: modules,
  exports: modules,
  __dirname: modules,
  __filename: modules,
  process: `${node}; variables.get and secrets.get have a script's settings`,
  Buffer: `${node}; use Uint8Array, TextEncoder and utils.base64`,
  global: 'it is called globalThis',
  setImmediate: timers,
  clearImmediate: timers,
  WebAssembly: memory,
  SharedArrayBuffer: memory,
  Atomics: memory,
  WeakRef: collector,
  FinalizationRegistry: collector,
  window: browser,
  document: browser,
}

function changesBuiltIn(sourceLine: string, column: number): boolean {
  const [, name] =
    assigned.exec(sourceLine.slice(0, column - 1)) ?? passed.exec(sourceLine.slice(column - 1)) ?? []
  return name !== undefined && builtIns.has(name)
}

export interface Failure {
  type: string
  message: string
  /** The line on which it happened, and where in it, from 1. */
  sourceLine: string | undefined
  column: number | undefined
}

/**
 * The message, and why it came to that where it is the sandbox that is otherwise: V8 says that an object is not
 * extensible, and not that it is one of the built-in ones, which are frozen here.
 */
export function explain({ type, message, sourceLine = '', column = 1 }: Failure): string {
  const [, name = ''] = (type === 'ReferenceError' && missing.exec(message)) || []
  if (Object.hasOwn(why, name)) return `${message}: ${why[name]}.`
  if (type !== 'TypeError') return message
  if (ofInherited.test(message))
    return `${message}. What inherits from a built-in prototype may define it, with Object.defineProperty.`
  if (ofFrozen.test(message) && changesBuiltIn(sourceLine, column))
    return `${message}. The built-in objects are read-only here: make a function or a class of your own.`
  return message
}
