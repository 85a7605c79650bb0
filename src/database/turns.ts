/** Runs work when its turn comes: no more at a time than `most`, in the order of asking. */
export type Turns = <T>(work: () => Promise<T>) => Promise<T>

/**
 * Keeps work that may wait for others' locks from taking all of a pool: what waits for its turn holds no
 * connection.
 */
export function createTurns(most: number): Turns {
  const waiting: (() => void)[] = []
  let running = 0
  return async function inTurn(work) {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve))
    else running += 1
    try {
      return await work()
    } finally {
      // Whose turn is next takes over the place.
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }
}
