import type { ChildProcess } from 'node:child_process'
import type { Duplex } from 'node:stream'
import { createFrameReader, encodeFrame, maxFrameFromHost } from '../channel.ts'
import type { SandboxScript } from '../types.ts'
import { type LaunchMode, launchHost } from './launch.ts'

/** A megabyte of source takes some 60 ms. */
const compileMs = 10_000
/** Kept so long for the next one. */
const idleMs = 5000
/** V8's form is two to four times as long as the source. */
const maxBytes = 8 * 1024 * 1024

export interface Compiler {
  compile(script: SandboxScript): Promise<Buffer | undefined>
  close(): void
}

/**
 * Compiles code in a host that runs none. Compiled code is believed by V8, so it must not come from a process
 * in which a script could have had its way; this one has only ever parsed.
 */
export function createCompiler(modeOf: () => LaunchMode | undefined): Compiler {
  let running: Running | undefined

  return {
    compile(script) {
      const mode = modeOf()
      if (mode === undefined) return Promise.resolve(undefined)
      if (running === undefined || running.ended) running = new Running(launchHost(mode, 0))
      return running.compile(script)
    },
    close: () => running?.end(),
  }
}

class Running {
  ended = false
  readonly #child: ChildProcess
  readonly #channel: Duplex
  readonly #waiting = new Map<string, (compiled: Buffer | undefined) => void>()
  #next = 0
  #late: NodeJS.Timeout | undefined

  constructor(child: ChildProcess) {
    this.#child = child
    this.#channel = child.stdio[3] as Duplex
    const read = createFrameReader(maxFrameFromHost)
    this.#channel.on('data', (chunk: Buffer) => {
      try {
        for (const parts of read(chunk)) this.#receive(parts)
      } catch {
        this.end()
      }
    })
    this.#channel.on('error', () => this.end())
    child.on('error', () => this.end())
    child.on('exit', () => this.end())
    this.#endIn(compileMs)
  }

  compile({ key, fileName, code }: SandboxScript): Promise<Buffer | undefined> {
    return new Promise((resolve) => {
      this.#next += 1
      this.#waiting.set(String(this.#next), resolve)
      this.#endIn(compileMs)
      this.#channel.write(encodeFrame(['compile', String(this.#next), key, fileName, code]))
    })
  }

  #receive([verb, id = '', compiled = '']: string[]): void {
    if (verb !== 'compiled') return
    const answer = compiled === '' ? undefined : Buffer.from(compiled, 'base64')
    this.#waiting.get(id)?.(answer && answer.length <= maxBytes ? answer : undefined)
    this.#waiting.delete(id)
    if (this.#waiting.size === 0) this.#endIn(idleMs)
  }

  #endIn(ms: number): void {
    clearTimeout(this.#late)
    this.#late = setTimeout(() => this.end(), ms)
  }

  end(): void {
    if (this.ended) return
    this.ended = true
    clearTimeout(this.#late)
    this.#child.kill('SIGKILL')
    this.#channel.destroy()
    for (const resolve of this.#waiting.values()) resolve(undefined)
    this.#waiting.clear()
  }
}
