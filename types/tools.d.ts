/** What is computed inside the isolate: no call of the host, and not counted as one. */
declare module 'pgscript' {
  type Hash = 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512'
  type Encoding = 'hex' | 'base64' | 'base64url'
  type Bytes = string | BufferSource
  const scriptCrypto: {
    hash(algorithm: Hash, data: Bytes, encoding?: Encoding): string
    hash(algorithm: Hash, data: Bytes, encoding: 'bytes'): Uint8Array<ArrayBuffer>
    hmac(algorithm: Hash, key: Bytes, data: Bytes, encoding?: Encoding): string
    hmac(algorithm: Hash, key: Bytes, data: Bytes, encoding: 'bytes'): Uint8Array<ArrayBuffer>
    randomBytes(length: number): Uint8Array<ArrayBuffer>
    uuid(): string
    timingSafeEqual(a: Bytes, b: Bytes): boolean
  }

  export { scriptCrypto as crypto }

  type DateLike = Date | string | number
  type Amounts = Partial<
    Record<'years' | 'months' | 'weeks' | 'days' | 'hours' | 'minutes' | 'seconds' | 'milliseconds', number>
  >
  export const utils: {
    readonly dates: {
      add(date: DateLike, amounts: Amounts, timeZone?: string): Date
      startOf(
        date: DateLike,
        unit: 'year' | 'month' | 'week' | 'day' | 'hour' | 'minute' | 'second',
        timeZone?: string,
      ): Date
      difference(
        from: DateLike,
        to: DateLike,
        unit?: 'days' | 'hours' | 'minutes' | 'seconds' | 'milliseconds',
      ): number
      format(date: DateLike, options?: Intl.DateTimeFormatOptions, locale?: string): string
      isoDate(date: DateLike, timeZone?: string): string
    }
    readonly csv: {
      parse(text: string, options?: { delimiter?: string; header?: true }): Record<string, string>[]
      parse(text: string, options: { delimiter?: string; header: false }): string[][]
      format(
        rows: readonly (object | readonly unknown[])[],
        options?: { delimiter?: string; header?: boolean; columns?: string[] },
      ): string
    }
    readonly base64: {
      encode(data: Bytes): string
      decode(text: string): string
      encodeUrl(data: Bytes): string
      decodeUrl(text: string): string
      toBytes(text: string): Uint8Array<ArrayBuffer>
    }
    slug(text: string, options?: { separator?: string; maxLength?: number }): string
  }
}
