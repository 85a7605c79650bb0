/** The bytes of a buffer or view, without copying. */
export function createBytes() {
  return {
    isBinary: (value: unknown): value is ArrayBuffer | ArrayBufferView =>
      ArrayBuffer.isView(value) || value instanceof ArrayBuffer,
    view(source: ArrayBuffer | ArrayBufferView): Uint8Array<ArrayBuffer> {
      if (!ArrayBuffer.isView(source)) return new Uint8Array(source)
      return new Uint8Array(source.buffer as ArrayBuffer, source.byteOffset, source.byteLength)
    },
    join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
      const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
      let at = 0
      for (const part of parts) {
        whole.set(part, at)
        at += part.length
      }
      return whole
    },
  }
}
