import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const otherNode = findOtherNode()
const project = mkdtempSync(join(tmpdir(), 'pgscript-launch-'))
const launcher = join(project, 'src', 'cli', 'launch.js')

/** Stands for the real main: says where it runs, then does what it is told. */
const main = `
const [command, value] = process.argv.slice(2)
if (command === 'exit') process.exit(Number(value))
if (command === 'serve') {
  const alive = setInterval(() => {}, 1000)
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(name, () => { process.stdout.write(name + '\\n'); process.exitCode = 7; clearInterval(alive) })
  }
}
process.stdout.write(process.version + ' ' + process.pid + '\\n')
`

// Without a second Node on the path the launcher has nothing to do; the suite itself runs on the right one.
describe.skipIf(otherNode === undefined)('the launcher, started by an older Node', () => {
  beforeAll(() => {
    mkdirSync(join(project, 'src', 'cli'), { recursive: true })
    copyFileSync(resolve('src/cli/launch.js'), launcher)
    writeFileSync(join(project, 'src', 'main.ts'), main)
    writeFileSync(join(project, 'package.json'), '{"type":"module"}')
    symlinkSync(resolve('node_modules'), join(project, 'node_modules'))
  })
  afterAll(() => rmSync(project, { recursive: true, force: true }))

  test('runs the program on the Node that npm installed', async () => {
    const child = start('version')
    expect((await firstLine(child)).version).toBe(process.version)
    expect(await exitOf(child)).toEqual({ code: 0, signal: null })
  })

  test("ends with the program's exit code", async () => {
    expect(await exitOf(start('exit', '3'))).toEqual({ code: 3, signal: null })
  })

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('passes %s on and waits', async (signal) => {
    const child = start('serve')
    await firstLine(child)
    child.kill(signal)
    expect(await exitOf(child)).toEqual({ code: 7, signal: null })
  })

  test('ends by the signal that ended the program', async () => {
    const child = start('serve')
    const { pid } = await firstLine(child)
    process.kill(pid, 'SIGKILL')
    expect(await exitOf(child)).toEqual({ code: null, signal: 'SIGKILL' })
  })

  test('does not leave the program behind when it is killed itself', async () => {
    const child = start('serve')
    const { pid } = await firstLine(child)
    child.kill('SIGKILL')
    await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false)
  })

  test('says what to do when that Node is not installed', async () => {
    rmSync(join(project, 'node_modules'))
    const child = start('version')
    let text = ''
    child.stderr?.on('data', (chunk) => {
      text += String(chunk)
    })
    expect(await exitOf(child)).toEqual({ code: 2, signal: null })
    expect(text).toMatch(/needs Node\.js 26 or later.*\n.*npm install/)
  })
})

function start(...args: string[]): ChildProcess {
  return spawn(otherNode ?? '', [launcher, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
}

async function firstLine(child: ChildProcess): Promise<{ version: string; pid: number }> {
  if (child.stdout === null) throw new Error('started without a pipe')
  const [chunk] = await once(child.stdout, 'data')
  const [version = '', pid] = String(chunk).trim().split(' ')
  return { version, pid: Number(pid) }
}

async function exitOf(child: ChildProcess): Promise<{ code: unknown; signal: unknown }> {
  child.stdout?.resume()
  const [code, signal] = await once(child, 'close')
  return { code, signal }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).startsWith('Z')
  } catch {
    return false
  }
}

function findOtherNode(): string | undefined {
  const candidates = (process.env.PATH ?? '').split(delimiter).map((directory) => join(directory, 'node'))
  return candidates.find((candidate) => {
    if (!existsSync(candidate)) return false
    const major = Number(/\d+/.exec(execFileSync(candidate, ['--version'], { encoding: 'utf8' }))?.[0])
    return major >= 18 && major < 26
  })
}
