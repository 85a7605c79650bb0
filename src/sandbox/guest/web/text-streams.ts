import type { Library } from '../library.ts'
import type { Primordials } from '../primordials.ts'

/** https://encoding.spec.whatwg.org/#interface-textdecoderstream, and its counterpart. */
export function createTextStreams(_p: Primordials, library: Library) {
  const { declare } = library.load('interfaces')
  const { TextEncoder, TextDecoder } = library.load('encoding')
  const { TransformStream } = library.load('streams')

  class TextEncoderStream {
    readonly #pair: TransformStream
    /** The first half of a pair that was cut between two chunks. */
    #half = ''

    constructor() {
      const encoder = new TextEncoder()
      this.#pair = new TransformStream({
        transform: (chunk, controller) => {
          const text = `${this.#half}${chunk}`
          this.#half = /[\ud800-\udbff]$/.exec(text)?.[0] ?? ''
          const whole = text.slice(0, text.length - this.#half.length)
          if (whole !== '') controller.enqueue(encoder.encode(whole))
        },
        flush: (controller) => {
          if (this.#half !== '') controller.enqueue(encoder.encode(this.#half))
        },
      })
    }

    get encoding(): string {
      return 'utf-8'
    }
    get readable(): ReadableStream {
      return this.#pair.readable
    }
    get writable(): WritableStream {
      return this.#pair.writable
    }
  }

  class TextDecoderStream {
    readonly #pair: TransformStream
    readonly #decoder: InstanceType<typeof TextDecoder>

    constructor(label?: unknown, options?: { fatal?: boolean; ignoreBOM?: boolean }) {
      const decoder = new TextDecoder(label, options)
      this.#decoder = decoder
      this.#pair = new TransformStream({
        transform(chunk, controller) {
          const text = decoder.decode(chunk, { stream: true })
          if (text !== '') controller.enqueue(text)
        },
        flush(controller) {
          const text = decoder.decode()
          if (text !== '') controller.enqueue(text)
        },
      })
    }

    get encoding(): string {
      return this.#decoder.encoding
    }
    get fatal(): boolean {
      return this.#decoder.fatal
    }
    get ignoreBOM(): boolean {
      return this.#decoder.ignoreBOM
    }
    get readable(): ReadableStream {
      return this.#pair.readable
    }
    get writable(): WritableStream {
      return this.#pair.writable
    }
  }

  for (const made of [TextEncoderStream, TextDecoderStream]) declare(made)
  return { TextEncoderStream, TextDecoderStream }
}
