export interface UntilOptions {
  /** Milliseconds; five times what it should take on an idle machine. */
  within?: number
  /** What is waited for, for the failure's message. */
  what?: string
}

/** Waits for something that other processes bring about: resolves with the first answer that is neither false nor empty. */
export async function until<T>(
  probe: () => T | Promise<T>,
  { within = 20_000, what = String(probe) }: UntilOptions = {},
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = performance.now() + within
  for (;;) {
    const answer = await probe()
    if (answer) return answer as NonNullable<Exclude<T, false>>
    if (performance.now() > deadline) throw new Error(`Not within ${within} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
