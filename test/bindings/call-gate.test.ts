import { describe, expect, test } from 'vitest'

import type { RunScope } from '../../src/bindings/binding.ts'
import { createCallGate } from '../../src/bindings/call-gate.ts'

function runOf(tenantId: string, signal = new AbortController().signal): RunScope {
  return {
    tenantId,
    tenantKey: tenantId,
    scriptId: null,
    scriptName: 'test',
    executionId: 'test',
    userId: null,
    limits: {},
    settings: {},
    signal,
    deadline: 0,
  }
}

/** Calls that end when they are told to, in a gate of so many places. */
function gateWith(most: number) {
  const gate = createCallGate(most)
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const start = (tenant: string, name: string, signal?: AbortSignal) =>
    gate.pass(runOf(tenant, signal), () => {
      begun.push(name)
      return new Promise<string>((resolve) => ends.set(name, () => resolve(name)))
    })
  const end = async (name: string) => {
    ends.get(name)?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { begun, start, end }
}

describe('the gate of calls at the database', () => {
  test('lets a tenant have half of the places, and others the rest', async () => {
    const { begun, start } = gateWith(4)
    for (const name of ['a1', 'a2', 'a3', 'a4']) start('a', name)
    for (const name of ['b1', 'b2', 'b3']) start('b', name)
    start('c', 'c1')
    expect(begun).toEqual(['a1', 'a2', 'b1', 'b2'])
  })

  test('lets who waits in by turns of the tenants, each in its order', async () => {
    const { begun, start, end } = gateWith(2)
    for (const name of ['a1', 'a2', 'a3']) start('a', name)
    for (const name of ['b1', 'b2']) start('b', name)
    start('c', 'c1')
    expect(begun).toEqual(['a1', 'b1'])
    await end('a1')
    expect(begun.at(-1)).toBe('a2')
    await end('a2')
    expect(begun.at(-1)).toBe('c1')
    await end('b1')
    expect(begun.at(-1)).toBe('b2')
    await end('c1')
    expect(begun.at(-1)).toBe('a3')
  })

  test('forgets who waits when the run is over', async () => {
    const { begun, start, end } = gateWith(1)
    const over = new AbortController()
    start('a', 'a1')
    const waiting = start('a', 'a2', over.signal)
    over.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'call_cancelled' })
    await end('a1')
    start('a', 'a3')
    expect(begun).toEqual(['a1', 'a3'])
    await expect(start('a', 'a4', AbortSignal.abort())).rejects.toMatchObject({ code: 'call_cancelled' })
  })

  test('gives the place back after a failure', async () => {
    const gate = createCallGate(1)
    const failure = gate.pass(runOf('a'), () => Promise.reject(new Error('no')))
    await expect(failure).rejects.toThrow('no')
    expect(await gate.pass(runOf('b'), async () => 'yes')).toBe('yes')
  })
})
