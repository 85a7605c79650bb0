import type { Primordials } from './primordials.ts'

/** `Math.random` by a seed, begun anew with each run, so that a run can be repeated. */
export function createRandom(p: Primordials) {
  // sfc32 (Chris Doty-Humphrey, PractRand): 128 bits of state, so that no two runs draw the same numbers.
  let a = 0
  let b = 0
  let c = 0
  let counter = 0
  /** Of the run at hand, until its first number is drawn. */
  let unread = ''

  function next(): number {
    if (unread !== '') read()
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  const quarter = (seed: string, index: number) => p.parseInt(p.slice(seed, 8 * index, 8 * index + 8), 16) | 0

  const { random } = {
    // 27 and 26 bits: as many as a number between 0 and 1 has.
    random: () => ((next() >>> 5) * 67_108_864 + (next() >>> 6)) / 9_007_199_254_740_992,
  }
  p.defineProperty(Math, 'random', { value: random, writable: true, enumerable: false, configurable: true })

  function read(): void {
    const seed = unread
    unread = ''
    a = quarter(seed, 0)
    b = quarter(seed, 1)
    c = quarter(seed, 2)
    counter = quarter(seed, 3)
    for (let round = 0; round < 12; round += 1) next()
  }

  /** @param seed 32 hexadecimal digits */
  function begin(seed: string): void {
    unread = seed
  }

  /** @returns what makes the numbers go on from here */
  function keep(): () => void {
    if (unread !== '') read()
    const keptA = a
    const keptB = b
    const keptC = c
    const keptCounter = counter
    return () => {
      unread = ''
      a = keptA
      b = keptB
      c = keptC
      counter = keptCounter
    }
  }

  return { begin, keep }
}
