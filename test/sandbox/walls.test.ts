import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'

import { openCgroups, ownCgroup } from '../../src/sandbox/parent/cgroup.ts'
import { createPs, parsePsTime, readProc } from '../../src/sandbox/parent/process-figures.ts'
import { createSandbox } from '../../src/sandbox/sandbox.ts'
import { job, pids, until, useSandbox } from './jobs.ts'

const linux = process.platform === 'linux'
const loops = 'export default () => { for (;;); }'

describe('walls', () => {
  const sandbox = useSandbox({ hosts: 1 })
  const stands = (name: string) => sandbox.it.walls().find((wall) => wall.name === name)?.stands

  test('a host has no network of its own, where permitted', ({ skip }) => {
    if (!stands('network_namespace')) skip('network namespaces are not permitted here')
    const [pid] = pids(sandbox.it)
    expect(readlinkSync(`/proc/${pid}/ns/net`)).not.toBe(readlinkSync('/proc/self/ns/net'))
  })

  test('a host runs as a user without rights, where permitted', ({ skip }) => {
    if (!stands('user')) skip('the user cannot be dropped here')
    const status = readFileSync(`/proc/${pids(sandbox.it)[0]}/status`, 'utf8')
    expect(/^Uid:\s+(\d+)\s+(\d+)/m.exec(status)?.slice(1)).toEqual(['65534', '65534'])
    expect(/^CapEff:\s+(\w+)/m.exec(status)?.[1]).toBe('0000000000000000')
  })

  test.runIf(linux)('a host is the first to go when memory runs out', () => {
    expect(readFileSync(`/proc/${pids(sandbox.it)[0]}/oom_score_adj`, 'utf8').trim()).toBe('900')
  })

  // The scheduler may share out between sessions first, and one of a host's own would weigh as much as the node.
  test.runIf(linux)('a host is in the session of the node, and nicer', () => {
    const fieldsOf = (pid: number) => {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
      return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    }
    const [host, node] = [fieldsOf(pids(sandbox.it)[0] ?? 0), fieldsOf(process.pid)]
    expect(host[3]).toBe(node[3])
    expect(Number(host[16])).toBeGreaterThan(Number(node[16]))
  })

  test('a thread that computes without pause steps behind the others until it ends, where permitted', async ({
    skip,
  }) => {
    if (!stands('thread_priority')) skip('priorities cannot be raised again here')
    const [pid] = pids(sandbox.it)
    const nice = (tid: string) => {
      const stat = readFileSync(`/proc/${pid}/task/${tid}/stat`, 'latin1')
      return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16])
    }
    const lowered = () => readdirSync(`/proc/${pid}/task`).filter((tid) => nice(tid) === 19)
    const abort = new AbortController()
    const run = sandbox.it.run(job(loops, { limits: { wallMs: 60_000, cpuMs: 60_000 } }), {
      signal: abort.signal,
    })
    await until(() => lowered().length === 1)
    expect(nice(String(pid))).toBe(10)
    abort.abort()
    await run
    const others = sandbox.it.run(
      job('export default () => new Promise(() => {})', { limits: { wallMs: 2000 } }),
    )
    await until(() => lowered().length === 0)
    await others
  })
})

describe('the memory of hosts', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pgscript-cgroup-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  test('is capped by a cgroup each, where there is a folder for them', async () => {
    // A folder of plain files, which keeps what is written: the kernel's own is not to be had everywhere.
    writeFileSync(join(folder, 'cgroup.subtree_control'), 'cpu memory\n')
    const sandbox = await createSandbox({ hosts: 1, runsPerHost: 1, hostMemoryMb: 512, cgroup: folder })
    const [pid] = pids(sandbox)
    const group = join(folder, `pgscript-host-${pid}`)
    expect(sandbox.walls().find((wall) => wall.name === 'cgroup')?.stands).toBe(true)
    expect(readFileSync(join(group, 'memory.max'), 'utf8')).toBe(String(640 * 1024 * 1024))
    expect(readFileSync(join(group, 'cgroup.procs'), 'utf8')).toBe(String(pid))
    await sandbox.close()
  })

  test.for([
    ['is not there', () => join(folder, 'none')],
    [
      'does not have the memory controller and does not give it',
      () => {
        const other = join(folder, 'other')
        mkdirSync(join(other, 'cgroup.subtree_control'), { recursive: true })
        return other
      },
    ],
  ] as const)('is left to the watch where the folder %s, with the reason', ([, make]) => {
    expect(typeof openCgroups(make(), 512)).toBe('string')
  })

  test('the own folder is found by what the kernel says of this process', () => {
    const self = join(folder, 'self')
    writeFileSync(self, '4:memory:/old\n0::/mine\n')
    expect(ownCgroup(folder, self)).toBeUndefined()
    mkdirSync(join(folder, 'mine'))
    writeFileSync(join(folder, 'mine', 'cgroup.controllers'), 'memory')
    expect(ownCgroup(folder, self)).toBe(join(folder, 'mine'))
  })
})

describe('figures of a process', () => {
  test.runIf(existsSync('/proc/self/statm'))('are the same from /proc and, later, from ps', async () => {
    const ps = createPs()(process.pid)
    const proc = readProc(process.pid)
    await until(() => ps.residentBytes() > 0)
    expect(ps.residentBytes() / proc.residentBytes()).toBeGreaterThan(0.5)
    expect(ps.residentBytes() / proc.residentBytes()).toBeLessThan(2)
    expect(Math.abs(ps.cpuMs() - proc.cpuMs())).toBeLessThan(5000)
  })

  test.for([
    ['00:00:07', 7],
    ['1-02:03:04', 93_784],
    ['12:34.56', 754.56],
  ] as const)('ps says %s for %d seconds', ([text, seconds]) => {
    expect(parsePsTime(text)).toBeCloseTo(seconds * 1000)
  })
})

describe.each(['ps', 'own'] as const)('where memory is only known from %s', (figures) => {
  const sandbox = useSandbox({ hosts: 1, figures })

  test.for([
    ['text of ten million brackets, parsed', 'JSON.parse("[".repeat(1e7))', 'memory_limit'],
    ['buffers', '{ const a = []; for (;;) a.push(new Uint8Array(1e6).fill(1)) }', 'memory_limit'],
  ] as const)('%s still ends by its limit', async ([, code, expected]) => {
    const { error } = await sandbox.it.run(job(`export default () => ${code}`))
    expect(error?.code).toBe(expected)
    expect((await sandbox.it.run(job('export default () => 1'))).output).toBe('1')
  })
})
