/** SHA-1 and SHA-256 (FIPS 180-4), MD5 (RFC 1321), and what SHA-512 shares with them. */
export function createHash() {
  type Bytes = Uint8Array<ArrayBuffer>
  const at = (words: Int32Array | Uint8Array, index: number) => words[index] as number
  const rotl = (word: number, by: number) => (word << by) | (word >>> (32 - by))
  const rotr = (word: number, by: number) => (word >>> by) | (word << (32 - by))

  // 64 bits of the fractions of the first primes' cube roots (the rounds') and square roots (the beginnings').
  const cubes =
    '428a2f98d728ae227137449123ef65cdb5c0fbcfec4d3b2fe9b5dba58189dbbc3956c25bf348b53859f111f1b605d019' +
    '923f82a4af194f9bab1c5ed5da6d8118d807aa98a303024212835b0145706fbe243185be4ee4b28c550c7dc3d5ffb4e2' +
    '72be5d74f27b896f80deb1fe3b1696b19bdc06a725c71235c19bf174cf692694e49b69c19ef14ad2efbe4786384f25e3' +
    '0fc19dc68b8cd5b5240ca1cc77ac9c652de92c6f592b02754a7484aa6ea6e4835cb0a9dcbd41fbd476f988da831153b5' +
    '983e5152ee66dfaba831c66d2db43210b00327c898fb213fbf597fc7beef0ee4c6e00bf33da88fc2d5a79147930aa725' +
    '06ca6351e003826f142929670a0e6e7027b70a8546d22ffc2e1b21385c26c9264d2c6dfc5ac42aed53380d139d95b3df' +
    '650a73548baf63de766a0abb3c77b2a881c2c92e47edaee692722c851482353ba2bfe8a14cf10364a81a664bbc423001' +
    'c24b8b70d0f89791c76c51a30654be30d192e819d6ef5218d69906245565a910f40e35855771202a106aa07032bbd1b8' +
    '19a4c116b8d2d0c81e376c085141ab532748774cdf8eeb9934b0bcb5e19b48a8391c0cb3c5c95a634ed8aa4ae3418acb' +
    '5b9cca4f7763e373682e6ff3d6b2b8a3748f82ee5defb2fc78a5636f43172f6084c87814a1f0ab728cc702081a6439ec' +
    '90befffa23631e28a4506cebde82bde9bef9a3f7b2c67915c67178f2e372532bca273eceea26619cd186b8c721c0c207' +
    'eada7dd6cde0eb1ef57d4f7fee6ed17806f067aa72176fba0a637dc5a2c898a6113f9804bef90dae1b710b35131c471b' +
    '28db77f523047d8432caab7b40c724933c9ebe0a15c9bebc431d67c49c100d4c4cc5d4becb3e42b6597f299cfc657e2a' +
    '5fcb6fab3ad6faec6c44198c4a475817'
  const squares =
    '6a09e667f3bcc908bb67ae8584caa73b3c6ef372fe94f82ba54ff53a5f1d36f1510e527fade682d19b05688c2b3e6c1f' +
    '1f83d9abfb41bd6b5be0cd19137e2179cbbb9d5dc1059ed8629a292a367cd5079159015a3070dd17152fecd8f70e5939' +
    '67332667ffc00b318eb44a8768581511db0c2e0d64f98fa747b5481dbefa4fa4'
  /** Every 64 bits as two words. */
  const words = (digits: string) =>
    Int32Array.from({ length: digits.length / 8 }, (_, i) =>
      Number.parseInt(digits.slice(8 * i, 8 * i + 8), 16),
    )
  const k512 = words(cubes)
  const starts = words(squares)
  const k256 = Int32Array.from({ length: 64 }, (_, i) => at(k512, 2 * i))
  const kMd5 = Int32Array.from({ length: 64 }, (_, index) =>
    Math.floor(Math.abs(Math.sin(index + 1)) * 2 ** 32),
  )
  const shifts = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]

  /** The message with its mark and its length, in whole blocks. */
  function padded(bytes: Uint8Array, block: number, bigEndian: boolean): DataView {
    const lengthSize = block / 8
    const size = Math.ceil((bytes.length + 1 + lengthSize) / block) * block
    const whole = new Uint8Array(size)
    whole.set(bytes)
    whole[bytes.length] = 0x80
    const view = new DataView(whole.buffer)
    const bits = BigInt(bytes.length) * 8n
    view.setBigUint64(size - 8, bits, !bigEndian)
    return view
  }

  function finish(state: Int32Array, length: number, littleEndian: boolean): Bytes {
    const view = new DataView(new ArrayBuffer(state.length * 4))
    for (const [index, word] of state.entries()) view.setInt32(4 * index, word, littleEndian)
    return new Uint8Array(view.buffer, 0, length).slice()
  }

  /** The function and constant of each quarter of SHA-1's rounds. */
  function mix(round: number, b: number, c: number, d: number): number {
    if (round < 20) return ((b & c) | (~b & d)) + 0x5a827999
    if (round < 40) return (b ^ c ^ d) + 0x6ed9eba1
    if (round < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
    return (b ^ c ^ d) + 0xca62c1d6
  }

  function sha1(bytes: Uint8Array): Bytes {
    const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0)
    const view = padded(bytes, 64, true)
    const w = new Int32Array(80)
    for (let start = 0; start < view.byteLength; start += 64) {
      for (let i = 0; i < 16; i += 1) w[i] = view.getInt32(start + 4 * i)
      for (let i = 16; i < 80; i += 1)
        w[i] = rotl(at(w, i - 3) ^ at(w, i - 8) ^ at(w, i - 14) ^ at(w, i - 16), 1)
      let [a, b, c, d, e] = state as unknown as [number, number, number, number, number]
      for (let i = 0; i < 80; i += 1) {
        const next = (rotl(a, 5) + mix(i, b, c, d) + e + at(w, i)) | 0
        e = d
        d = c
        c = rotl(b, 30)
        b = a
        a = next
      }
      ;[a, b, c, d, e].forEach((word, i) => {
        state[i] = at(state, i) + word
      })
    }
    return finish(state, 20, false)
  }

  function sha256(bytes: Uint8Array): Bytes {
    const state = Int32Array.from({ length: 8 }, (_, i) => at(starts, 2 * i))
    const view = padded(bytes, 64, true)
    const w = new Int32Array(64)
    const v = new Int32Array(8)
    for (let start = 0; start < view.byteLength; start += 64) {
      for (let i = 0; i < 16; i += 1) w[i] = view.getInt32(start + 4 * i)
      for (let i = 16; i < 64; i += 1) {
        const x = at(w, i - 15)
        const y = at(w, i - 2)
        const s0 = rotr(x, 7) ^ rotr(x, 18) ^ (x >>> 3)
        const s1 = rotr(y, 17) ^ rotr(y, 19) ^ (y >>> 10)
        w[i] = at(w, i - 16) + s0 + at(w, i - 7) + s1
      }
      v.set(state)
      let [a, b, c, d] = v as unknown as [number, number, number, number]
      let [, , , , e, f, g, h] = v as unknown as [
        number,
        number,
        number,
        number,
        number,
        number,
        number,
        number,
      ]
      for (let i = 0; i < 64; i += 1) {
        const s1 = rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)
        const t1 = (h + s1 + ((e & f) ^ (~e & g)) + at(k256, i) + at(w, i)) | 0
        const s0 = rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)
        const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
        h = g
        g = f
        f = e
        e = (d + t1) | 0
        d = c
        c = b
        b = a
        a = (t1 + t2) | 0
      }
      ;[a, b, c, d, e, f, g, h].forEach((word, i) => {
        state[i] = at(state, i) + word
      })
    }
    return finish(state, 32, false)
  }

  function md5(bytes: Uint8Array): Bytes {
    const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476)
    const view = padded(bytes, 64, false)
    for (let start = 0; start < view.byteLength; start += 64) {
      let [a, b, c, d] = state as unknown as [number, number, number, number]
      for (let i = 0; i < 64; i += 1) {
        let f = (b & c) | (~b & d)
        let g = i
        if (i >= 48) {
          f = c ^ (b | ~d)
          g = (7 * i) % 16
        } else if (i >= 32) {
          f = b ^ c ^ d
          g = (3 * i + 5) % 16
        } else if (i >= 16) {
          f = (d & b) | (~d & c)
          g = (5 * i + 1) % 16
        }
        const sum = (a + f + at(kMd5, i) + view.getInt32(start + 4 * g, true)) | 0
        a = d
        d = c
        c = b
        b = (b + rotl(sum, shifts[(i >> 4) * 4 + (i % 4)] as number)) | 0
      }
      ;[a, b, c, d].forEach((word, i) => {
        state[i] = at(state, i) + word
      })
    }
    return finish(state, 16, true)
  }

  return { sha1, sha256, md5, parts: { at, padded, finish, k512, starts } }
}
