import { describe, expect, test } from 'vitest'

import { Lanes } from '../../src/scripts/lanes.ts'

function lanesOf(...items: string[]): Lanes<string> {
  const lanes = new Lanes<string>()
  for (const item of items) lanes.push(item.charAt(0), item)
  return lanes
}

function takeAll(lanes: Lanes<string>): string[] {
  const taken: string[] = []
  for (let item = lanes.shift(); item; item = lanes.shift()) taken.push(item)
  return taken
}

describe('Lanes', () => {
  test('gives one of each lane in turn, and of a lane in order', () => {
    expect(takeAll(lanesOf('a1', 'a2', 'a3', 'b1', 'c1', 'c2'))).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3'])
  })

  test('lets nobody in front who empties his lane and comes again', () => {
    const lanes = lanesOf('a1', 'b1', 'c1')
    lanes.shift()
    lanes.push('a', 'a2')

    expect(takeAll(lanes)).toEqual(['b1', 'c1', 'a2'])
  })

  test('lets in front who comes while another with more is served', () => {
    const lanes = lanesOf('a1', 'a2', 'a3')
    lanes.shift()
    lanes.push('b', 'b1')

    expect(takeAll(lanes)).toEqual(['b1', 'a2', 'a3'])
  })

  test('counts what waits, and gives it up at once', () => {
    const lanes = lanesOf('a1', 'b1', 'a2')

    expect([lanes.waitingIn('a'), lanes.waitingIn('b'), lanes.waitingIn('c')]).toEqual([2, 1, 0])
    expect(lanes.empty()).toEqual(['a1', 'a2', 'b1'])
    expect(lanes.waitingIn('a')).toBe(0)
    expect(lanes.shift()).toBeUndefined()
  })
})
