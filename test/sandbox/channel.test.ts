import { describe, expect, test } from 'vitest'

import { ChannelError, createFrameReader, encodeFrame } from '../../src/sandbox/channel.ts'
import { isShallow, parseBounded } from '../../src/sandbox/protocol.ts'

const limit = 1024

describe('the channel', () => {
  test('gives back what was sent, however the stream is cut', () => {
    const messages = [['ready'], ['done', 'ünï\u{1f600}', ''], ['x'.repeat(900)]]
    const stream = Buffer.concat(messages.map((parts) => encodeFrame(parts)))
    for (const size of [1, 2, 3, 7, 64, stream.length]) {
      const read = createFrameReader(limit)
      const seen: string[][] = []
      for (let at = 0; at < stream.length; at += size) seen.push(...read(stream.subarray(at, at + size)))
      expect(seen).toEqual(messages)
    }
  })

  const frame = (size: number, count: number, ...rest: number[]) => {
    const head = Buffer.alloc(6)
    head.writeUInt32BE(size, 0)
    head.writeUInt16BE(count, 4)
    return Buffer.concat([head, Buffer.from(rest)])
  }

  test.for([
    ['over the limit', frame(limit + 1, 1)],
    ['of the largest size there is', frame(0xffffffff, 1)],
    ['without parts', frame(2, 0)],
    ['with more parts than any message has', frame(2, 65_535)],
    ['that ends within a length', frame(4, 1, 0, 0)],
    ['whose part reaches beyond it', frame(6, 1, 0, 0, 1, 0)],
    ['with bytes beyond its parts', frame(8, 1, 0, 0, 0, 0, 9, 9)],
    ['of no bytes at all', Buffer.alloc(4)],
  ] as const)('refuses a frame %s', ([, bytes]) => {
    expect(() => createFrameReader(limit)(bytes)).toThrow(ChannelError)
  })
})

describe('text from a host', () => {
  test('is parsed only when it is short and shallow', () => {
    expect(parseBounded('{"a":[1,"[[[["]}')).toEqual({ a: [1, '[[[['] })
    expect(parseBounded('['.repeat(1000))).toBeUndefined()
    expect(parseBounded(`"${'x'.repeat(70_000)}"`)).toBeUndefined()
    expect(parseBounded('{nonsense')).toBeUndefined()
  })

  test('depth is counted outside strings only', () => {
    expect(isShallow(`["${'['.repeat(100)}\\"["]`, 3)).toBe(true)
    expect(isShallow('[[[[1,2,3]]]]', 3)).toBe(false)
    expect(isShallow(`[${'[1],'.repeat(1000)}[1]]`, 3)).toBe(true)
  })
})
