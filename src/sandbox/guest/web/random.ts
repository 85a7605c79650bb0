import type { Library } from '../library.ts'
import type { LiveExecution } from '../live.ts'
import type { Primordials } from '../primordials.ts'

/**
 * Unpredictable bytes: ChaCha20 (RFC 8439) under 256 bits that the host takes from the machine's own source for
 * each execution. A run that is repeated is keyed by its seed instead, and draws the same bytes each time.
 */
export function createRandom(p: Primordials, library: Library) {
  type Stream = (length: number) => Uint8Array<ArrayBuffer>
  const streams = new WeakMap<LiveExecution, Stream>()
  const rotl = (word: number, by: number) => (word << by) | (word >>> (32 - by))
  const at = (words: Int32Array, index: number) => words[index] as number

  function quarter(s: Int32Array, a: number, b: number, c: number, d: number): void {
    s[a] = at(s, a) + at(s, b)
    s[d] = rotl(at(s, d) ^ at(s, a), 16)
    s[c] = at(s, c) + at(s, d)
    s[b] = rotl(at(s, b) ^ at(s, c), 12)
    s[a] = at(s, a) + at(s, b)
    s[d] = rotl(at(s, d) ^ at(s, a), 8)
    s[c] = at(s, c) + at(s, d)
    s[b] = rotl(at(s, b) ^ at(s, c), 7)
  }

  function block(state: Int32Array): Uint8Array {
    const s = state.slice()
    for (let round = 0; round < 10; round += 1) {
      for (let i = 0; i < 4; i += 1) quarter(s, i, 4 + i, 8 + i, 12 + i)
      for (let i = 0; i < 4; i += 1) quarter(s, i, 4 + ((i + 1) % 4), 8 + ((i + 2) % 4), 12 + ((i + 3) % 4))
    }
    for (let i = 0; i < 16; i += 1) s[i] = at(s, i) + at(state, i)
    return new Uint8Array(s.buffer)
  }

  function createStream(entropy: string) {
    const key = Array.from({ length: 8 }, (_, i) => Number.parseInt(entropy.slice(8 * i, 8 * i + 8), 16))
    const state = Int32Array.of(0x61707865, 0x3320646e, 0x79622d32, 0x6b206574, ...key, 0, 0, 0, 0)
    let ready = new Uint8Array(0)
    return (length: number) => {
      const bytes = new Uint8Array(length)
      for (let filled = 0; filled < length; ) {
        if (ready.length === 0) {
          ready = block(state) as Uint8Array<ArrayBuffer>
          state[12] = at(state, 12) + 1
          if (state[12] === 0) state[13] = at(state, 13) + 1
        }
        const piece = ready.subarray(0, length - filled)
        bytes.set(piece, filled)
        filled += piece.length
        ready = ready.subarray(piece.length)
      }
      return bytes
    }
  }

  function bytes(length: number): Uint8Array<ArrayBuffer> {
    const execution = library.live()
    // By methods that nobody has replaced: who is handed the execution could call for it past its limits.
    const known = p.weakMapGet(streams, execution) as Stream | undefined
    const stream = known ?? createStream(execution.entropy)
    if (known === undefined) p.weakMapSet(streams, execution, stream)
    return stream(length)
  }

  function uuid(): string {
    const drawn = bytes(16)
    drawn[6] = ((drawn[6] as number) & 0x0f) | 0x40
    drawn[8] = ((drawn[8] as number) & 0x3f) | 0x80
    const hex = drawn.toHex()
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
  }

  return { bytes, uuid }
}
