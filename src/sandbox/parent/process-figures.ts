import { execFile } from 'node:child_process'
import { closeSync, openSync, readFileSync, readSync } from 'node:fs'

/** What a machine tells of a process from outside; 0 for what it does not tell. */
export interface ProcessFigures {
  /** Bytes resident now. */
  residentBytes(): number
  /** Processor time so far, of all threads. */
  cpuMs(): number
  close(): void
}

/** How figures are had: from /proc, from `ps` at a slower pace, or only from what hosts say of themselves. */
export type FigureSource = 'proc' | 'ps' | 'own'

const pageBytes = 4096

/** Linux: 3 µs a reading, so it can be had every 25 ms. */
export function readProc(pid: number): ProcessFigures {
  let statm = -1
  return {
    residentBytes() {
      try {
        // Kept open: opening it each time costs ten times the reading.
        if (statm < 0) statm = openSync(`/proc/${pid}/statm`, 'r')
        const bytes = Buffer.alloc(64)
        const length = readSync(statm, bytes, 0, 64, 0)
        return Number(bytes.toString('latin1', 0, length).split(' ')[1] ?? 0) * pageBytes
      } catch {
        return 0
      }
    },
    cpuMs() {
      try {
        return cpuMsOf(readFileSync(`/proc/${pid}/stat`, 'latin1'))
      } catch {
        return 0
      }
    },
    close() {
      if (statm >= 0) closeSync(statm)
      statm = -1
    },
  }
}

/** Of a process or thread, from its `stat`. */
export function cpuMsOf(stat: string): number {
  // Fields 14 and 15, in ticks of 10 ms; the name before them may hold anything up to its last bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

/** `[[days-]hours:]minutes:seconds[.hundredths]`, as `ps` writes it on different systems. */
export function parsePsTime(text: string): number {
  const [, days = '0', rest = ''] = /^(?:(\d+)-)?([\d:.]+)$/.exec(text.trim()) ?? []
  const seconds = rest.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
  return (Number(days) * 86_400 + seconds) * 1000
}

const psMs = 250
const longestMs = 5000

/** Asks `ps` about all hosts at once, while somebody reads; a reading is as old as the last answer. */
export function createPs(): (pid: number) => ProcessFigures {
  const seen = new Map<number, { residentBytes: number; cpuMs: number }>()
  let askedAt = 0
  let asking = false

  function ask(): void {
    if (asking || performance.now() - askedAt < psMs) return
    asking = true
    askedAt = performance.now()
    const pids = [...seen.keys()].join(',')
    execFile('ps', ['-o', 'pid=,rss=,time=', '-p', pids], { timeout: longestMs }, (_error, said) => {
      asking = false
      for (const line of said.split('\n')) {
        const [pid, kilobytes, time = ''] = line.trim().split(/\s+/)
        if (!seen.has(Number(pid))) continue
        seen.set(Number(pid), { residentBytes: Number(kilobytes) * 1024, cpuMs: parsePsTime(time) })
      }
    })
  }

  return (pid) => {
    seen.set(pid, { residentBytes: 0, cpuMs: 0 })
    const read = () => {
      ask()
      return seen.get(pid) ?? { residentBytes: 0, cpuMs: 0 }
    }
    return {
      residentBytes: () => read().residentBytes,
      cpuMs: () => read().cpuMs,
      close: () => seen.delete(pid),
    }
  }
}

/** What this machine offers. */
export async function findFigureSource(): Promise<FigureSource> {
  if (readProc(process.pid).residentBytes() > 0) return 'proc'
  return await new Promise((resolve) => {
    execFile('ps', ['-o', 'rss=', '-p', String(process.pid)], { timeout: longestMs }, (error, said) =>
      resolve(error === null && Number(said) > 0 ? 'ps' : 'own'),
    )
  })
}

export function figureReader(source: FigureSource): (pid: number) => ProcessFigures {
  if (source === 'proc') return readProc
  if (source === 'ps') return createPs()
  return () => ({ residentBytes: () => 0, cpuMs: () => 0, close: () => undefined })
}
