import { expect, test } from 'vitest'

import { ActiveRun } from '../../src/sandbox/parent/active-run.ts'
import type { HostProcess } from '../../src/sandbox/parent/host-process.ts'
import { createPlacement } from '../../src/sandbox/parent/placement.ts'
import { job } from './jobs.ts'

function givenPlacement(hosts: number) {
  const all = Array.from(
    { length: hosts },
    () => ({ runs: new Map(), warm: new Map(), busyRuns: 0 }) as unknown as HostProcess,
  )
  const placement = createPlacement({ hosts, runsPerHost: 4, hostMemoryMb: 256 })
  let next = 0
  return {
    placement,
    /** A run of the script, and the number of the host that it was given, or -1. */
    start(script: string, tenantId = 'tenant') {
      next += 1
      const run = new ActiveRun(`${next}`, job(script, { tenantId }), {}, () => undefined)
      const choose = () => {
        const host = placement.choose(run, all)
        host?.runs.set(run.id, run)
        return host ? all.indexOf(host) : -1
      }
      const end = (code: string, wrecked = false) => {
        for (const host of all) host.runs.delete(run.id)
        run.end(code)
        if (wrecked) placement.wrecked(run)
        placement.ended(run)
      }
      return { run, host: choose(), choose, end }
    },
  }
}

test('a script that has cost a host runs alone, and others have another host meanwhile', () => {
  const { start } = givenPlacement(2)
  start('wrecks').end('timeout', true)
  const again = start('wrecks')
  const others = [start('other'), start('other'), start('other', 'another')]
  expect(others.map(({ host }) => host)).toEqual(Array(3).fill(1 - again.host))
  const third = start('wrecks')
  expect(third.host).toBe(-1)
  again.end('timeout', true)
  expect(third.choose()).toBe(again.host)
})

test('of a tenant that has cost several hosts by different scripts all run alone', () => {
  const { start } = givenPlacement(2)
  for (const script of ['one', 'two', 'three']) start(script).end('timeout', true)
  const fourth = start('four')
  expect(start('five').host).toBe(-1)
  expect(start('one', 'another').host).toBe(1 - fourth.host)
  expect(start('two', 'another').host).toBe(1 - fourth.host)
})

test('where there is one host, it is set aside as well', () => {
  const { start } = givenPlacement(1)
  start('wrecks').end('timeout', true)
  const before = start('other')
  const again = start('wrecks')
  expect([before.host, again.host, start('other').host]).toEqual([0, -1, -1])
  before.end('completed')
  expect(again.choose()).toBe(0)
})

test('one that was only suspected is trusted again when it has completed alone', () => {
  const { placement, start } = givenPlacement(2)
  placement.suspect([start('suspect').run])
  start('suspect').end('completed')
  const [first, second] = [start('suspect'), start('suspect')]
  expect([first.host, second.host].sort()).toEqual([0, 1])
  expect(start('suspect').host).not.toBe(-1)
})
