import { randomFillSync } from 'node:crypto'

const pool = Buffer.alloc(4096)
let drawn = pool.length

/** 256 bits of the machine's own randomness, in hexadecimal; taken in bulk, for each draw asks the system. */
export function drawEntropy(): string {
  if (drawn === pool.length) {
    randomFillSync(pool)
    drawn = 0
  }
  drawn += 32
  return pool.toString('hex', drawn - 32, drawn)
}
