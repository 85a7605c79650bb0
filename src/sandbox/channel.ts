/**
 * The wire between the node and a sandbox host: frames of strings.
 *
 *     u32 bytes that follow | u16 number of parts | (u32 bytes, UTF-8 text) …
 *
 * Deliberately not JSON: a host is untrusted, and one frame of ten million brackets costs whoever parses
 * it two seconds and 700 MB. A part is copied, measured, and parsed only where it must be and is short.
 */
export const maxFrameToHost = 48 * 1024 * 1024
/** Room for the largest output (10 MB) or host call, and what describes it. */
export const maxFrameFromHost = 16 * 1024 * 1024

const maxParts = 16

export class ChannelError extends Error {
  readonly code = 'channel_broken'
}

export function encodeFrame(parts: readonly string[]): Buffer {
  const lengths = parts.map((part) => Buffer.byteLength(part))
  const size = lengths.reduce((sum, length) => sum + 4 + length, 2)
  const frame = Buffer.allocUnsafe(4 + size)
  frame.writeUInt32BE(size, 0)
  frame.writeUInt16BE(parts.length, 4)
  let at = 6
  for (const [index, part] of parts.entries()) {
    const length = lengths[index] ?? 0
    frame.writeUInt32BE(length, at)
    frame.write(part, at + 4, length, 'utf8')
    at += 4 + length
  }
  return frame
}

function decodeBody(body: Buffer): string[] {
  const count = body.length < 2 ? 0 : body.readUInt16BE(0)
  if (count < 1 || count > maxParts) throw new ChannelError(`A frame has ${count} parts.`)
  const parts: string[] = []
  let at = 2
  for (let index = 0; index < count; index += 1) {
    if (at + 4 > body.length) throw new ChannelError('A frame ends within a length.')
    const end = at + 4 + body.readUInt32BE(at)
    if (end > body.length) throw new ChannelError('A part reaches beyond its frame.')
    parts.push(body.toString('utf8', at + 4, end))
    at = end
  }
  if (at !== body.length) throw new ChannelError('A frame has bytes beyond its parts.')
  return parts
}

/**
 * Cuts a byte stream into frames. Holds at most one frame of `maxFrame` bytes; what does not fit the
 * format throws, and the stream cannot be read on after that.
 */
export function createFrameReader(maxFrame: number): (chunk: Buffer) => string[][] {
  let chunks: Buffer[] = []
  let held = 0
  let needed = 4

  return function read(chunk) {
    chunks.push(chunk)
    held += chunk.length
    const frames: string[][] = []
    while (held >= needed) {
      // Joined only when a whole frame is there, so a frame in a thousand chunks is copied once.
      const bytes = chunks.length === 1 ? (chunks[0] ?? chunk) : Buffer.concat(chunks, held)
      const size = bytes.readUInt32BE(0)
      if (size > maxFrame)
        throw new ChannelError(`A frame of ${size} bytes is over the limit of ${maxFrame}.`)
      needed = 4 + size
      const whole = held >= needed
      if (whole) frames.push(decodeBody(bytes.subarray(4, needed)))
      const rest = whole ? bytes.subarray(needed) : bytes
      chunks = [rest]
      held = rest.length
      if (!whole) break
      needed = 4
    }
    return frames
  }
}
