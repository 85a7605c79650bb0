import type { Library } from '../library.ts'
import type { Primordials } from '../primordials.ts'

/** https://w3c.github.io/webcrypto/: random values, digests and HMAC. */
export function createWebCrypto(_p: Primordials, library: Library) {
  const { declare } = library.load('interfaces')
  const { find, hmac, equal } = library.load('digest')
  const random = library.load('random')
  const { isBinary, view } = library.load('bytes')
  type Bytes = Uint8Array<ArrayBuffer>

  function fail(name: string, message: string): never {
    throw new (library.load('exception').DOMException)(message, name)
  }

  /** `sha256` of 'SHA-256', `{ name: 'sha-256' }`; only what the standard has. */
  function hashOf(given: unknown): string {
    const named = typeof given === 'object' && given !== null ? (given as { name?: unknown }).name : given
    const match = /^sha-(1|256|384|512)$/i.exec(`${named}`)
    if (match === null) fail('NotSupportedError', 'Unrecognized algorithm name')
    return `sha${match[1]}`
  }

  function bytesOf(data: unknown): Bytes {
    if (!isBinary(data)) throw new TypeError('The data must be an ArrayBuffer or a view of one.')
    return view(data)
  }

  let secretOf: (key: unknown) => { hash: string; bytes: Bytes }
  const token = {}

  class CryptoKey {
    readonly #bytes: Bytes
    readonly #hash: string
    readonly #extractable: boolean
    readonly #usages: string[]

    static {
      secretOf = (key) => {
        if (typeof key !== 'object' || key === null || !(#bytes in key))
          throw new TypeError('The key must be a CryptoKey.')
        return { hash: key.#hash, bytes: key.#bytes }
      }
    }

    constructor(given: unknown, hash: string, bytes: Bytes, extractable: boolean, usages: string[]) {
      if (given !== token) throw new TypeError('Illegal constructor')
      this.#hash = hash
      this.#bytes = bytes
      this.#extractable = extractable
      this.#usages = usages
    }
    get type() {
      return 'secret'
    }
    get extractable() {
      return this.#extractable
    }
    get algorithm() {
      return {
        name: 'HMAC',
        length: this.#bytes.length * 8,
        hash: { name: this.#hash.replace('sha', 'SHA-') },
      }
    }
    get usages() {
      return [...this.#usages]
    }
  }

  interface HmacParams {
    name?: unknown
    hash?: unknown
    length?: number
  }

  const isHmac = (algorithm: unknown) =>
    /^hmac$/i.test(
      `${typeof algorithm === 'object' && algorithm !== null ? (algorithm as HmacParams).name : algorithm}`,
    )

  function newKey(
    algorithm: HmacParams,
    bytes: Bytes,
    extractable: unknown,
    usages: Iterable<string>,
  ): CryptoKey {
    if (!isHmac(algorithm)) fail('NotSupportedError', 'Unrecognized algorithm name')
    const given = [...usages]
    if (given.length === 0) fail('SyntaxError', 'Usages cannot be empty when importing a secret key.')
    if (given.some((usage) => usage !== 'sign' && usage !== 'verify'))
      fail('SyntaxError', 'Unsupported key usage for an HMAC key')
    if (bytes.length === 0) fail('DataError', 'Zero-length key is not supported')
    return new CryptoKey(token, hashOf(algorithm.hash), bytes, Boolean(extractable), given)
  }

  function keyBytes(format: unknown, data: unknown): Bytes {
    if (format === 'raw' || format === 'raw-secret') return bytesOf(data).slice()
    if (format !== 'jwk') fail('NotSupportedError', `Unable to import HMAC key with format ${format}`)
    const { kty, k } = (data ?? {}) as { kty?: unknown; k?: unknown }
    if (kty !== 'oct' || typeof k !== 'string') fail('DataError', 'Invalid keyData')
    return Uint8Array.fromBase64(k, { alphabet: 'base64url' })
  }

  function require(key: unknown, algorithm: unknown, usage: string) {
    const secret = secretOf(key)
    if (!isHmac(algorithm)) fail('NotSupportedError', 'Unrecognized algorithm name')
    if (!(key as CryptoKey).usages.includes(usage))
      fail('InvalidAccessError', `Unable to use this key to ${usage}`)
    return secret
  }

  class SubtleCrypto {
    async digest(algorithm: unknown, data: unknown): Promise<ArrayBuffer> {
      const name = hashOf(algorithm)
      return find(name)?.digest(bytesOf(data)).buffer as ArrayBuffer
    }

    async importKey(
      format: unknown,
      data: unknown,
      algorithm: HmacParams,
      extractable: unknown,
      usages: string[],
    ) {
      return newKey(algorithm, keyBytes(format, data), extractable, usages)
    }

    async exportKey(format: unknown, key: CryptoKey): Promise<ArrayBuffer | object> {
      const { bytes, hash } = secretOf(key)
      if (!key.extractable) fail('InvalidAccessError', 'key is not extractable')
      if (format === 'raw' || format === 'raw-secret') return bytes.slice().buffer
      if (format !== 'jwk') fail('NotSupportedError', `Unable to export HMAC key with format ${format}`)
      const k = bytes.toBase64({ alphabet: 'base64url', omitPadding: true })
      return { key_ops: key.usages, ext: true, kty: 'oct', k, alg: hash.replace('sha', 'HS') }
    }

    async generateKey(algorithm: HmacParams, extractable: unknown, usages: string[]) {
      const size = (algorithm?.length ?? (find(hashOf(algorithm?.hash))?.block ?? 64) * 8) / 8
      if (!Number.isInteger(size) || size > 65_536) fail('OperationError', 'Invalid key length')
      return newKey(algorithm, random.bytes(size), extractable, usages)
    }

    async sign(algorithm: unknown, key: CryptoKey, data: unknown): Promise<ArrayBuffer> {
      const { hash, bytes } = require(key, algorithm, 'sign')
      return hmac(hash, bytes, bytesOf(data)).buffer
    }

    async verify(algorithm: unknown, key: CryptoKey, signature: unknown, data: unknown): Promise<boolean> {
      const { hash, bytes } = require(key, algorithm, 'verify')
      return equal(hmac(hash, bytes, bytesOf(data)), bytesOf(signature))
    }
  }

  const subtle = new SubtleCrypto()

  class Crypto {
    get subtle(): SubtleCrypto {
      return subtle
    }

    getRandomValues<Values extends ArrayBufferView>(values: Values): Values {
      const isInteger =
        ArrayBuffer.isView(values) && !/Float|DataView/.test(`${Object.prototype.toString.call(values)}`)
      if (!isInteger) fail('TypeMismatchError', 'The data argument must be an integer-type TypedArray')
      if (values.byteLength > 65_536) fail('QuotaExceededError', 'The requested length exceeds 65,536 bytes')
      view(values).set(random.bytes(values.byteLength))
      return values
    }

    randomUUID(): string {
      return random.uuid()
    }
  }
  for (const made of [Crypto, SubtleCrypto, CryptoKey]) declare(made)
  return { crypto: new Crypto(), subtle, Crypto, SubtleCrypto, CryptoKey }
}
