import type ivm from 'isolated-vm'

import { scopeNames } from '../guest/scope.ts'

interface StoredScript {
  fileName: string
  code: string
  /** V8's compiled form, made here by the first isolate that compiled it; never taken from outside. */
  compiled: ivm.ExternalCopy<ArrayBuffer> | undefined
}

const maxScripts = 500
const maxCharacters = 32 * 1024 * 1024

/** The code this host has been sent, least recently used out first, shared by its isolates. */
export interface ScriptStore {
  has(key: string): boolean
  add(key: string, fileName: string, code: string): void
  compile(isolate: ivm.Isolate, key: string): Promise<ivm.Script>
}

export function createScriptStore(): ScriptStore {
  const stored = new Map<string, StoredScript>()
  let characters = 0

  function add(key: string, fileName: string, code: string): void {
    characters += code.length - (stored.get(key)?.code.length ?? 0)
    stored.delete(key)
    stored.set(key, { fileName, code, compiled: undefined })
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
    // The prefix sits on the header's own line, which lineOffset -1 puts above the author's line 1.
    const options = { filename: script.fileName, lineOffset: -1 }
    const code = `${prefix}${script.code}\n)});void 0`
    if (script.compiled) return await isolate.compileScript(code, { ...options, cachedData: script.compiled })
    const body = await isolate.compileScript(code, { ...options, produceCachedData: true })
    await refuseEscape(isolate, script.code, options)
    script.compiled = (body as ivm.Script & ivm.CachedDataResult).cachedData
    return body
  }

  return { has: (key) => stored.has(key), add, compile }
}

/** Makes the code a function that evaluates it anew, with what it finds by name as parameters. */
const prefix = `$pgscript$((${scopeNames.join()})=>{'use strict';return(`

/**
 * Code that closed the bracket it stands in could put something beside the function that is evaluated
 * anew, where it would outlive the execution. What also compiles within another kind of bracket closes
 * neither: the first closing one that it has too many cannot fit both.
 */
async function refuseEscape(isolate: ivm.Isolate, code: string, options: ivm.ScriptOrigin): Promise<void> {
  const inBrackets = await isolate.compileScript(`[${code}\n];void 0`, options)
  inBrackets.release()
}
