import { Socket } from 'node:net'

import { createFrameReader, encodeFrame, maxFrameToHost } from '../channel.ts'
import { isIsolation } from '../protocol.ts'
import { compileOnly } from './compile-only.ts'
import { HostRun, type HostRunJob, type HostRunLimits } from './host-run.ts'
import { createIsolatePool } from './isolate-pool.ts'
import { createScriptStore } from './scripts.ts'
import { BusyClock } from './turns.ts'
import type { IsolateKind } from './warm-isolate.ts'

/**
 * The sandbox host: a process without environment, credentials or a way out but the channel on file
 * descriptor 3. It believes the node; the node does not believe it.
 */
const channel = new Socket({ fd: 3, readable: true, writable: true })
const runs = new Map<string, HostRun>()
/** Jobs that wait for the code they name. */
const waiting = new Map<string, () => void>()
const store = createScriptStore((key) => send('stale', key))
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

const clock = new BusyClock()
const pool = createIsolatePool({
  store,
  clock,
  maxWarm,
  onCatastrophe(isolate) {
    for (const run of runs.values()) if (run.isolate === isolate) run.stop(isolate.lastVerdict)
  },
  onGone: (tenantId) => send('gone', tenantId),
})

/**
 * Runs that wait for the host's own thread: a new isolate takes 2 ms of it, and many in a row would leave the
 * node without an answer. One is made at a time, and what has arrived meanwhile is heard in between.
 */
const later = new Map<string, () => void>()
let isMaking = false

function soon(id: string, start: () => void): void {
  if (isMaking) later.set(id, start)
  else start()
}

function makeNext(): void {
  isMaking = false
  for (const [id, start] of later) {
    if (isMaking) return
    later.delete(id)
    start()
  }
}

function begin(job: HostRunJob, tenantId: string, kind: IsolateKind): void {
  const { isolate, warmth } = pool.acquire(tenantId, kind)
  const elsewhere = (left: HostRun) => {
    over(left)
    begin(job, tenantId, kind)
  }
  const run = new HostRun(job, isolate, { send, sendStarted, over, elsewhere })
  runs.set(job.id, run)
  watching.wind()
  figuring.wind()
  void run.start(warmth)
  if (warmth !== 'cold') return
  isMaking = true
  setImmediate(makeNext)
}

function over(run: HostRun): void {
  runs.delete(run.job.id)
  const { isolate } = run
  if (!pool.release(isolate) && isolate.tenantId !== undefined) send('gone', isolate.tenantId)
}

/** Most runs have the limits of the one before. */
let lastLimits = { text: '', limits: { wallMs: 0, cpuMs: 0, outputBytes: 0, memoryMb: 0 } }
function parseLimits(text: string): HostRunLimits & { memoryMb: number } {
  if (text !== lastLimits.text) lastLimits = { text, limits: JSON.parse(text) }
  return lastLimits.limits
}

function kindOf(limitsText: string, isolation = '', options = ''): IsolateKind {
  const known = isIsolation(isolation) ? isolation : 'isolate'
  return {
    memoryMb: parseLimits(limitsText).memoryMb,
    isolation: known,
    shared: options.includes('shared') && known === 'realm',
    allowCode: options.includes('code'),
  }
}

const bytesOf = (base64 = '') => (base64 === '' ? undefined : Buffer.from(base64, 'base64'))

function receiveRun(parts: string[]): void {
  const [, id = '', tenantId = '', key = '', fileName = '', code = '', input = '', context = ''] = parts
  const [limitsText = '', isolation, seed = '', startedAt = '', options, compiled] = parts.slice(8)
  if (code !== '') store.add(key, fileName, code, bytesOf(compiled))
  const limits = parseLimits(limitsText)
  const job: HostRunJob = { id, key, input, context, seed, startedAt: Number(startedAt), limits, limitsText }
  const kind = kindOf(limitsText, isolation, options)
  const start = () => soon(id, () => begin(job, tenantId, kind))
  if (store.has(key)) start()
  else {
    waiting.set(id, start)
    send('need', id)
  }
}

/** A host that takes over from another one is told what that one had warm. */
async function receiveWarm(parts: string[]): Promise<void> {
  const [, tenantId = '', key = '', fileName = '', code = '', limitsText = '', isolation, options] = parts
  if (!store.has(key)) store.add(key, fileName, code)
  if (await pool.prewarm(tenantId, kindOf(limitsText, isolation, options), key)) send('warmed', tenantId)
}

function receive(parts: string[]): void {
  const [verb, id = '', a = '', b = '', c = '', d] = parts
  if (verb === 'run') receiveRun(parts)
  else if (verb === 'code') {
    store.add(a, b, c, bytesOf(d))
    waiting.get(id)?.()
    waiting.delete(id)
  } else if (verb === 'reply') runs.get(id)?.settle(Number(a), b === 'ok', c)
  else if (verb === 'stop') {
    if (waiting.delete(id) || later.delete(id)) send('done', id, 'cancelled', '', '{}', 'clean')
    runs.get(id)?.cancel()
  } else if (verb === 'warm') void receiveWarm(parts)
  else if (verb === 'compile') void compileOnly(b, c).then((compiled) => send('compiled', id, compiled))
  else if (verb === 'trim') pool.trim()
  else if (verb === 'ping') send('pong')
}

const read = createFrameReader(maxFrameToHost)
channel.on('data', (chunk: Buffer) => {
  for (const parts of read(chunk)) receive(parts)
})
// The node is gone, even by SIGKILL: so are we. `process.exit` hangs when an isolate does not obey.
channel.on('close', () => process.kill(process.pid, 'SIGKILL'))
channel.on('error', () => process.kill(process.pid, 'SIGKILL'))

// A terminal or a supervisor signals all processes, while the node drains. The node decides when a host ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined)

/** Runs while there is something to watch, so that an idle host stays idle. */
function createTick(everyMs: number, action: () => void, onWind = () => {}): { wind(): void } {
  let timer: NodeJS.Timeout | undefined
  return {
    wind() {
      if (timer === undefined) onWind()
      timer ??= setInterval(() => {
        action()
        if (runs.size > 0) return
        clearInterval(timer)
        timer = undefined
      }, everyMs)
    },
  }
}

/** Isolates whose thread is taken. */
function busyIsolates(): number {
  let busy = 0
  // A shared one is counted for the run that holds it.
  for (const run of runs.values()) if (run.isolate.turns.holder === run) busy += 1
  return busy
}

const watching = createTick(
  5,
  () => {
    const now = performance.now()
    clock.tick(busyIsolates())
    for (const run of runs.values()) run.watch(now)
  },
  // What was used while nothing ran is nobody's.
  () => clock.tick(1),
)
const figuring = createTick(25, () => {
  const { user, system } = process.cpuUsage()
  const counts = JSON.stringify({
    running: runs.size,
    ...pool.counts(),
    resident: process.memoryUsage.rss(),
    cpuMs: (user + system) / 1000,
  })
  send('figures', JSON.stringify([...runs.values()].map((run) => run.figures())), counts)
})

send('ready')
