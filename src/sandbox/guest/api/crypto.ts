import type { Library } from '../library.ts'
import type { Primordials } from '../primordials.ts'

/** `crypto` of the script API: the everyday part, at once and in text. */
export function createCrypto(p: Primordials, library: Library) {
  const { find, hmac, equal } = library.load('digest')
  const random = library.load('random')
  const utf8 = library.load('utf8')
  const { isBinary, view } = library.load('bytes')

  function refuse(message: string): never {
    throw library.errors.coded('invalid_arguments', message, false)
  }

  function bytesOf(data: unknown, what: string): Uint8Array {
    if (typeof data === 'string') return utf8.encode(data)
    if (!isBinary(data)) refuse(`${what}: the data must be a text or bytes.`)
    return view(data)
  }

  /** `sha256`, `SHA-256`. */
  function algorithmOf(given: unknown, what: string): string {
    const name = `${given}`.toLowerCase().replace('-', '')
    if (find(name) === undefined)
      refuse(`${what}: '${given}' is unknown; there are md5, sha1, sha256, sha384, sha512.`)
    return name
  }

  function encode(bytes: Uint8Array, encoding: unknown, what: string): string | Uint8Array {
    if (encoding === 'hex') return bytes.toHex()
    if (encoding === 'base64') return bytes.toBase64()
    if (encoding === 'base64url') return bytes.toBase64({ alphabet: 'base64url', omitPadding: true })
    if (encoding === 'bytes') return bytes
    return refuse(`${what}: the encoding is hex, base64, base64url or bytes.`)
  }

  return {
    crypto: p.freeze({
      hash(algorithm: unknown, data: unknown, encoding: unknown = 'hex') {
        const digest = find(algorithmOf(algorithm, 'crypto.hash'))?.digest as (
          bytes: Uint8Array,
        ) => Uint8Array
        return encode(digest(bytesOf(data, 'crypto.hash')), encoding, 'crypto.hash')
      },
      hmac(algorithm: unknown, key: unknown, data: unknown, encoding: unknown = 'hex') {
        const name = algorithmOf(algorithm, 'crypto.hmac')
        const signature = hmac(name, bytesOf(key, 'crypto.hmac'), bytesOf(data, 'crypto.hmac'))
        return encode(signature, encoding, 'crypto.hmac')
      },
      randomBytes(length: unknown): Uint8Array {
        if (!Number.isSafeInteger(length) || (length as number) < 0 || (length as number) > 65_536)
          refuse('crypto.randomBytes: the length is a whole number up to 65,536.')
        return random.bytes(length as number)
      },
      uuid: () => random.uuid(),
      timingSafeEqual(a: unknown, b: unknown): boolean {
        return equal(bytesOf(a, 'crypto.timingSafeEqual'), bytesOf(b, 'crypto.timingSafeEqual'))
      },
    }),
  }
}
