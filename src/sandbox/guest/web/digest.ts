import type { Library } from '../library.ts'
import type { Primordials } from '../primordials.ts'

/** SHA-384 and SHA-512 (FIPS 180-4) on pairs of words, and all hashes by name with HMAC over them (RFC 2104). */
export function createDigest(_p: Primordials, library: Library) {
  const { sha1, sha256, md5, parts } = library.load('hash')
  const { at, padded, finish, k512, starts } = parts
  type Bytes = Uint8Array<ArrayBuffer>

  // The high word of a rotation; the low one is that of the words swapped.
  const turn = (h: number, l: number, by: number) =>
    by < 32 ? (h >>> by) | (l << (32 - by)) : (l >>> (by - 32)) | (h << (64 - by))
  const carry = (sum: number) => Math.floor(sum / 2 ** 32)

  function schedule(w: Int32Array, view: DataView, start: number): void {
    for (let i = 0; i < 32; i += 1) w[i] = view.getInt32(start + 4 * i)
    for (let i = 32; i < 160; i += 2) {
      const xh = at(w, i - 30)
      const xl = at(w, i - 29)
      const yh = at(w, i - 4)
      const yl = at(w, i - 3)
      const ah = turn(xh, xl, 1) ^ turn(xh, xl, 8) ^ (xh >>> 7)
      const al = turn(xl, xh, 1) ^ turn(xl, xh, 8) ^ ((xl >>> 7) | (xh << 25))
      const bh = turn(yh, yl, 19) ^ turn(yh, yl, 61) ^ (yh >>> 6)
      const bl = turn(yl, yh, 19) ^ turn(yl, yh, 61) ^ ((yl >>> 6) | (yh << 26))
      const sum = (al >>> 0) + (bl >>> 0) + (at(w, i - 13) >>> 0) + (at(w, i - 31) >>> 0)
      w[i] = ah + bh + at(w, i - 14) + at(w, i - 32) + carry(sum)
      w[i + 1] = sum
    }
  }

  /** One round: `v` is a to h, each as two words. */
  function round(v: Int32Array, kh: number, kl: number, wh: number, wl: number): void {
    const [ah, al, eh, el] = [at(v, 0), at(v, 1), at(v, 8), at(v, 9)]
    const s1h = turn(eh, el, 14) ^ turn(eh, el, 18) ^ turn(eh, el, 41)
    const s1l = turn(el, eh, 14) ^ turn(el, eh, 18) ^ turn(el, eh, 41)
    const chh = (eh & at(v, 10)) ^ (~eh & at(v, 12))
    const chl = (el & at(v, 11)) ^ (~el & at(v, 13))
    const low1 = (at(v, 15) >>> 0) + (s1l >>> 0) + (chl >>> 0) + (kl >>> 0) + (wl >>> 0)
    const t1h = (at(v, 14) + s1h + chh + kh + wh + carry(low1)) | 0
    const t1l = low1 | 0
    const s0h = turn(ah, al, 28) ^ turn(ah, al, 34) ^ turn(ah, al, 39)
    const s0l = turn(al, ah, 28) ^ turn(al, ah, 34) ^ turn(al, ah, 39)
    const mh = (ah & at(v, 2)) ^ (ah & at(v, 4)) ^ (at(v, 2) & at(v, 4))
    const ml = (al & at(v, 3)) ^ (al & at(v, 5)) ^ (at(v, 3) & at(v, 5))
    const low2 = (s0l >>> 0) + (ml >>> 0) + (t1l >>> 0)
    v.copyWithin(2, 0, 14)
    const lowE = (at(v, 9) >>> 0) + (t1l >>> 0)
    v[8] = at(v, 8) + t1h + carry(lowE)
    v[9] = lowE
    v[0] = s0h + mh + t1h + carry(low2)
    v[1] = low2
  }

  function sha512(bytes: Uint8Array, from: number, length: number): Bytes {
    const state = starts.slice(from, from + 16)
    const view = padded(bytes, 128, true)
    const w = new Int32Array(160)
    for (let start = 0; start < view.byteLength; start += 128) {
      schedule(w, view, start)
      const v = state.slice()
      for (let i = 0; i < 160; i += 2) round(v, at(k512, i), at(k512, i + 1), at(w, i), at(w, i + 1))
      for (let i = 0; i < 16; i += 2) {
        const sum = (at(state, i + 1) >>> 0) + (at(v, i + 1) >>> 0)
        state[i] = at(state, i) + at(v, i) + carry(sum)
        state[i + 1] = sum
      }
    }
    return finish(state, length, false)
  }

  const digests: Record<string, { block: number; digest(bytes: Uint8Array): Bytes }> = {
    md5: { block: 64, digest: md5 },
    sha1: { block: 64, digest: sha1 },
    sha256: { block: 64, digest: sha256 },
    sha384: { block: 128, digest: (bytes) => sha512(bytes, 16, 48) },
    sha512: { block: 128, digest: (bytes) => sha512(bytes, 0, 64) },
  }

  function find(name: string) {
    return Object.hasOwn(digests, name) ? digests[name] : undefined
  }

  function hmac(name: string, key: Uint8Array, bytes: Uint8Array): Bytes {
    const { block, digest } = find(name) as (typeof digests)[string]
    const { join } = library.load('bytes')
    const whole = new Uint8Array(block)
    whole.set(key.length > block ? digest(key) : key)
    const inner = digest(join([whole.map((byte) => byte ^ 0x36), bytes]))
    return digest(join([whole.map((byte) => byte ^ 0x5c), inner]))
  }

  function equal(a: Uint8Array, b: Uint8Array): boolean {
    let difference = a.length ^ b.length
    for (let index = 0; index < a.length; index += 1) difference |= at(a, index) ^ (b[index] ?? 0)
    return difference === 0
  }

  return { find, hmac, equal }
}
