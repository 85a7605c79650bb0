import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'

import { afterAll, vi } from 'vitest'
import { runCommandLine } from '../../src/cli/command-line.ts'
import type { Environment } from '../../src/config.ts'
import { type TestDatabase, useDatabase } from './use-database.ts'

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
  /** Standard output as the one JSON document that it must be. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever the command printed.
  readonly json: any
}

export interface RunOptions {
  stdin?: string
  /** Over those of the test's database; undefined takes one away. */
  environment?: Environment
}

/** The command line as a user has it: real processes, on this file's own database, in an empty directory. */
export interface Cli {
  readonly database: TestDatabase
  readonly directory: string
  (args: readonly string[], options?: RunOptions): Promise<Ended>
  /** The same in this process, which takes a tenth of the time; one at once, without standard input. */
  here(args: readonly string[], options?: Pick<RunOptions, 'environment'>): Promise<Ended>
  /** A file in the directory; its path. */
  file(name: string, content: string): string
}

const launcher = resolve('src/cli/launch.js')

export function useCli(): Cli {
  const database = useDatabase()
  const directory = mkdtempSync(join(tmpdir(), 'pgscript-cli-'))
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  const environmentWith = (changes: Environment) => ({
    DATABASE_URL: database.url,
    PGSCRIPT_SECRET: database.cluster.secret,
    PGSCRIPT_ROLE_PREFIX: database.cluster.rolePrefix,
    PGSCRIPT_SANDBOX_HOSTS: '1',
    ...changes,
  })
  const run = (args: readonly string[], { stdin = '', environment = {} }: RunOptions = {}) =>
    runCommand(args, stdin, directory, environmentWith(environment))
  const here = (args: readonly string[], { environment = {} }: RunOptions = {}) =>
    runHere(args, { PGSCRIPT_DATA_DIR: directory, ...environmentWith(environment) })
  const file = (name: string, content: string) => {
    const path = join(directory, name)
    writeFileSync(path, content)
    return path
  }
  return Object.assign(run, { here, database, directory, file })
}

async function runCommand(
  args: readonly string[],
  stdin: string,
  cwd: string,
  environment: Environment,
): Promise<Ended> {
  const { PATH, HOME } = process.env
  const given = Object.entries({ PATH, HOME, ...environment }).filter(([, value]) => value !== undefined)
  const child = spawn(process.execPath, [launcher, ...args], { cwd, env: Object.fromEntries(given) })
  const ended = once(child, 'close')
  child.stdin.on('error', () => undefined).end(stdin)
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return endedWith(code, stdout, stderr)
}

/** Also what is written to standard error here counts; the log goes there by another way, and does not. */
async function runHere(args: readonly string[], environment: Environment): Promise<Ended> {
  const written = { stdout: '', stderr: '' }
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((chunk) => {
      written[stream] += String(chunk)
      return true
    }),
  )
  try {
    const code = await runCommandLine(args, environment)
    return endedWith(code, written.stdout, written.stderr)
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}

function endedWith(code: number | null, stdout: string, stderr: string): Ended {
  return {
    code,
    stdout,
    stderr,
    get json() {
      return JSON.parse(stdout)
    },
  }
}
