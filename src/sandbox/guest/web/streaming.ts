import type { Library } from '../library.ts'
import type { Primordials } from '../primordials.ts'

/** Bytes as a stream, and a stream as bytes. */
export function createStreaming(_p: Primordials, library: Library) {
  const { isBinary, view, join } = library.load('bytes')

  async function collect(stream: ReadableStream): Promise<Uint8Array<ArrayBuffer>> {
    const parts: Uint8Array[] = []
    const reader = stream.getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return join(parts)
      if (typeof value === 'string') parts.push(library.load('utf8').encode(value))
      else if (isBinary(value)) parts.push(view(value))
      else throw new TypeError('A chunk of a body must be a Uint8Array or a string.')
    }
  }

  return {
    collect,
    streamOf(bytes: Uint8Array): ReadableStream {
      return new (library.load('streams').ReadableStream)({
        type: 'bytes',
        start(controller) {
          if (bytes.length > 0) controller.enqueue(bytes.slice())
          controller.close()
        },
      })
    },
  }
}
