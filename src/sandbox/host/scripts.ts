import ivm from 'isolated-vm'

import { scopeNames } from '../guest/scope.ts'

interface StoredScript {
  fileName: string
  code: string
  /** V8's compiled form: made here, or by a host of the node's that runs no scripts; never by an author. */
  compiled: ivm.ExternalCopy<ArrayBuffer> | undefined
}

const maxScripts = 500
const maxCharacters = 32 * 1024 * 1024

/** The code this host has been sent, least recently used out first, shared by its isolates. */
export interface ScriptStore {
  has(key: string): boolean
  add(key: string, fileName: string, code: string, compiled?: Buffer): void
  compile(isolate: ivm.Isolate, key: string): Promise<ivm.Script>
}

/** @param onRejected told of compiled code that V8 refused; the script was compiled anew */
export function createScriptStore(onRejected: (key: string) => void): ScriptStore {
  const stored = new Map<string, StoredScript>()
  let characters = 0

  function add(key: string, fileName: string, code: string, compiled?: Buffer): void {
    characters += code.length - (stored.get(key)?.code.length ?? 0)
    stored.delete(key)
    stored.set(key, { fileName, code, compiled: compiled && new ivm.ExternalCopy(exactly(compiled)) })
    for (const [oldest, script] of stored) {
      if ((stored.size <= maxScripts && characters <= maxCharacters) || oldest === key) return
      stored.delete(oldest)
      characters -= script.code.length
    }
  }

  async function compile(isolate: ivm.Isolate, key: string): Promise<ivm.Script> {
    const script = stored.get(key)
    if (script === undefined) throw new Error('This code is not in the store.')
    stored.delete(key)
    stored.set(key, script)
    if (script.compiled) {
      const { body, rejected } = await compileCached(isolate, script, script.compiled)
      if (!rejected) return body
      body.release()
      script.compiled = undefined
      onRejected(key)
    }
    const { body, cachedData } = await compileWhole(isolate, script)
    script.compiled = cachedData
    return body
  }

  return { has: (key) => stored.has(key), add, compile }
}

function exactly(bytes: Buffer): ArrayBuffer {
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
}

/** Makes the code a function that evaluates it anew, with what it finds by name as parameters. */
// In brackets, so that V8 compiles it with the script and not when it is first called: compiled code then holds it
// (64 KB of source: 0.15 ms to the first line instead of 0.75).
const prefix = `$pgscript$(((${scopeNames.join()})=>{'use strict';return(`

const wrapped = (code: string) => `${prefix}${code}\n)}));void 0`
// The prefix sits on the header's own line, which lineOffset -1 puts above the author's line 1.
const originOf = (fileName: string) => ({ filename: fileName, lineOffset: -1 })

async function compileCached(
  isolate: ivm.Isolate,
  { code, fileName }: StoredScript,
  cachedData: ivm.ExternalCopy<ArrayBuffer>,
) {
  const body = await isolate.compileScript(wrapped(code), { ...originOf(fileName), cachedData })
  return { body, rejected: (body as { cachedDataRejected?: boolean }).cachedDataRejected === true }
}

/** Compiles code that has not been seen before. @throws what V8 says of code that does not compile */
export async function compileWhole(
  isolate: ivm.Isolate,
  { code, fileName }: { code: string; fileName: string },
) {
  const origin = originOf(fileName)
  const body = await isolate.compileScript(wrapped(code), { ...origin, produceCachedData: true })
  await refuseEscape(isolate, code, origin)
  return { body, cachedData: (body as ivm.Script & ivm.CachedDataResult).cachedData }
}

/**
 * Code that closed the bracket it stands in could put something beside the function that is evaluated
 * anew, where it would outlive the execution. What also compiles within another kind of bracket closes
 * neither: the first closing one that it has too many cannot fit both.
 */
async function refuseEscape(isolate: ivm.Isolate, code: string, options: ivm.ScriptOrigin): Promise<void> {
  const inBrackets = await isolate.compileScript(`[${code}\n];void 0`, options)
  inBrackets.release()
}
