import { setTimeout as sleep } from 'node:timers/promises'

/** Asks again every so many milliseconds until the answer is yes. */
export async function until(
  condition: () => Promise<boolean>,
  everyMs: number,
  atMostMs = 600_000,
): Promise<void> {
  const deadline = performance.now() + atMostMs
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`still not so after ${atMostMs / 1000} s`)
    await sleep(everyMs)
  }
}
