import { Console } from 'node:console'
import { Writable } from 'node:stream'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'

import { isolations, job, useSandbox } from '../jobs.ts'

/** What it shows, and the body of an async function that returns what it found. */
export type Snippet = readonly [name: string, body: string]

const AsyncFunction = (async () => undefined).constructor as new (body: string) => () => Promise<unknown>

/** In this very realm, for code that needs the globals which Node.js adds to ECMAScript's. */
async function inThisRealm(body: string): Promise<string> {
  return JSON.stringify(await new AsyncFunction(`'use strict'; ${body}`)())
}

/** JSON, with what JSON cannot say of a failure. */
async function inPlainNode(body: string): Promise<string> {
  const globals = { setTimeout, clearTimeout, setInterval, clearInterval, queueMicrotask }
  const main = runInNewContext(`(async function () { 'use strict'; ${body} })`, globals)
  return JSON.stringify(await main())
}

/** Ordinary code must not notice where it runs: each snippet gives what plain Node gives. */
export function describeEveryday(
  topic: string,
  snippets: readonly Snippet[],
  { usesWebGlobals = false } = {},
): void {
  const expected = usesWebGlobals ? inThisRealm : inPlainNode
  describe.each(isolations)(`everyday ${topic} with isolation %s`, (isolation) => {
    const sandbox = useSandbox({ hosts: 1 })

    test.for(snippets)('%s', async ([, body]) => {
      const result = await sandbox.it.run(job(`export default async () => { ${body} }`, { isolation }))
      expect(result.error).toBeNull()
      expect(result.output).toBe(await expected(body))
    })
  })
}

/** What the console of plain Node writes: a text a call. */
async function writtenInPlainNode(body: string): Promise<string[]> {
  const lines: string[] = []
  const sink = new Writable({
    write(text, _encoding, done) {
      lines.push(String(text).replace(/\n$/, ''))
      done()
    },
  })
  const console = new Console({ stdout: sink, stderr: sink, colorMode: false })
  await new AsyncFunction(`'use strict'; const console = this; ${body}`).call(console as never)
  return lines
}

/** The console shows what Node's shows, where no script can have replaced what it is written with. */
export function describeConsole(snippets: readonly Snippet[]): void {
  describe('the everyday console', () => {
    const sandbox = useSandbox({ hosts: 1 })

    test.for(snippets)('%s', async ([, body]) => {
      const source = `export default async () => { ${body} }`
      const { error, logs } = await sandbox.it.run(job(source))
      expect(error).toBeNull()
      expect(logs.map(({ message }) => message)).toEqual(await writtenInPlainNode(body))
    })
  })
}
