import { Socket } from 'node:net'

import { createFrameReader, encodeFrame, maxFrameToHost } from '../channel.ts'
import { isIsolation } from '../protocol.ts'
import { HostRun, type HostRunJob, type HostRunLimits } from './host-run.ts'
import { createIsolatePool, type IsolateKind } from './isolate-pool.ts'
import { createScriptStore } from './scripts.ts'
import type { WarmIsolate } from './warm-isolate.ts'

/**
 * The sandbox host: a process without environment, credentials or a way out but the channel on file
 * descriptor 3. It believes the node; the node does not believe it.
 */
const channel = new Socket({ fd: 3, readable: true, writable: true })
const runs = new Map<string, HostRun>()
/** Jobs that wait for the code they name. */
const waiting = new Map<string, () => void>()
const store = createScriptStore()
const maxWarm = Number(process.argv[2] ?? 16)

let corked = false
function send(...parts: string[]): void {
  tellStarted()
  // What is said within one turn leaves in one write.
  if (!corked) {
    corked = true
    channel.cork()
    setImmediate(() => {
      corked = false
      channel.uncork()
    })
  }
  channel.write(encodeFrame(parts))
}

/** Starts that the node has not been told of: most runs are over within a millisecond, and one write will do. */
let started: { parts: string[]; at: number }[] = []
let telling: NodeJS.Timeout | undefined

function sendStarted(...parts: string[]): void {
  started.push({ parts, at: performance.now() })
  telling ??= setTimeout(tellStarted, 1)
}

function tellStarted(): void {
  if (started.length === 0) return
  clearTimeout(telling)
  telling = undefined
  const untold = started
  started = []
  for (const { parts, at } of untold) send('started', ...parts, String(performance.now() - at))
}

const pool = createIsolatePool({
  store,
  maxWarm,
  onCatastrophe(isolate) {
    for (const run of runs.values()) if (run.isolate === isolate) run.stop('memory_limit')
  },
  onGone: (tenantId) => send('gone', tenantId),
})

function begin(job: HostRunJob, tenantId: string, kind: IsolateKind): void {
  const { isolate, warm } = pool.acquire(tenantId, kind)
  const elsewhere = (left: HostRun) => {
    runs.delete(job.id)
    gone(left.isolate)
    begin(job, tenantId, kind)
  }
  const run = new HostRun(job, isolate, { send, sendStarted, over, elsewhere })
  runs.set(job.id, run)
  watching.wind()
  figuring.wind()
  void run.start(warm)
}

function over(run: HostRun, atRest: boolean): void {
  runs.delete(run.job.id)
  const { isolate } = run
  if (!(atRest && pool.giveBack(isolate))) gone(isolate)
}

function gone(isolate: WarmIsolate): void {
  isolate.dispose()
  if (isolate.tenantId !== undefined) send('gone', isolate.tenantId)
}

/** Most runs have the limits of the one before. */
let lastLimits = { text: '', limits: { wallMs: 0, cpuMs: 0, outputBytes: 0, memoryMb: 0 } }
function parseLimits(text: string): HostRunLimits & { memoryMb: number } {
  if (text !== lastLimits.text) lastLimits = { text, limits: JSON.parse(text) }
  return lastLimits.limits
}

function receiveRun(parts: string[]): void {
  const [, id = '', tenantId = '', key = '', fileName = '', code = '', input = '', context = ''] = parts
  const [limitsText = '', isolation = '', seed = '', startedAt = ''] = parts.slice(8)
  if (code !== '') store.add(key, fileName, code)
  const limits = parseLimits(limitsText)
  const job: HostRunJob = { id, key, input, context, seed, startedAt: Number(startedAt), limits, limitsText }
  const kind: IsolateKind = {
    memoryMb: limits.memoryMb,
    isolation: isIsolation(isolation) ? isolation : 'isolate',
  }
  const start = () => begin(job, tenantId, kind)
  if (store.has(key)) start()
  else {
    waiting.set(id, start)
    send('need', id)
  }
}

function receive(parts: string[]): void {
  const [verb, id = '', a = '', b = '', c = ''] = parts
  if (verb === 'run') receiveRun(parts)
  else if (verb === 'code') {
    store.add(a, b, c)
    waiting.get(id)?.()
    waiting.delete(id)
  } else if (verb === 'reply') runs.get(id)?.settle(Number(a), b === 'ok', c)
  else if (verb === 'stop') {
    if (waiting.delete(id)) send('done', id, 'cancelled', '', '{}', 'clean')
    runs.get(id)?.stop('cancelled')
  } else if (verb === 'ping') send('pong')
}

const read = createFrameReader(maxFrameToHost)
channel.on('data', (chunk: Buffer) => {
  for (const parts of read(chunk)) receive(parts)
})
// The node is gone, even by SIGKILL: so are we. `process.exit` hangs when an isolate does not obey.
channel.on('close', () => process.kill(process.pid, 'SIGKILL'))
channel.on('error', () => process.kill(process.pid, 'SIGKILL'))

/** Runs while there is something to watch, so that an idle host stays idle. */
function createTick(everyMs: number, action: () => void): { wind(): void } {
  let timer: NodeJS.Timeout | undefined
  return {
    wind() {
      timer ??= setInterval(() => {
        action()
        if (runs.size > 0) return
        clearInterval(timer)
        timer = undefined
      }, everyMs)
    },
  }
}

const watching = createTick(5, () => {
  for (const run of runs.values()) run.watch()
})
const figuring = createTick(25, () => {
  const counts = JSON.stringify({ running: runs.size, ...pool.counts() })
  send('figures', JSON.stringify([...runs.values()].map((run) => run.figures())), counts)
})

send('ready')
