import { readFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'

/** How long the node may be deaf. */
const maxStallMs = 3000
const pageBytes = 4096

export interface Health {
  /** Forgets what was before. */
  begin(): void
  /**
   * What has been wrong since.
   *
   * @param residentMb the cap of the node and all of its hosts together, while a hazard runs as well as after it
   */
  faults(residentMb: number): Promise<string[]>
  close(): void
}

/** Where the machine does not tell, nothing is resident. */
function residentMb(pid: number): number {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1])
    return (pages * pageBytes) / 1024 / 1024
  } catch {
    return 0
  }
}

/** Looks at the node, which is this process, and at its hosts every few milliseconds. */
export function watchHealth(hosts: () => number[]): Health {
  const delay = monitorEventLoopDelay({ resolution: 10 })
  delay.enable()
  let peak = 0
  const look = () => {
    const resident = [process.pid, ...hosts()].reduce((sum, pid) => sum + residentMb(pid), 0)
    peak = Math.max(peak, resident)
  }
  const looking = setInterval(look, 20)

  return {
    begin() {
      peak = 0
      delay.reset()
    },
    async faults(cap) {
      // Answered by the event loop itself.
      await new Promise((resolve) => setImmediate(resolve))
      look()
      const stall = delay.max / 1e6
      return [
        ...(peak < cap ? [] : [`${Math.round(peak)} MB were resident`]),
        ...(stall < maxStallMs ? [] : [`the node was deaf for ${Math.round(stall)} ms`]),
      ]
    },
    close() {
      clearInterval(looking)
      delay.disable()
    },
  }
}
