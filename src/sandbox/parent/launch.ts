import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { setPriority } from 'node:os'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { Wall } from '../types.ts'

/** Which of the walls that depend on the machine a host is started with. */
export interface LaunchMode {
  dropUser: boolean
  permissions: boolean
}

const sandboxFolder = dirname(dirname(fileURLToPath(import.meta.url)))
const hostProgram = join(sandboxFolder, 'host', 'main.ts')
const nobody = 65_534

/**
 * Strictest first. A dropped user often cannot read the program (a home of mode 0700), and permissions
 * may be more than this Node.js allows an addon: what works is found by starting a host.
 */
export function launchModes(): LaunchMode[] {
  const isRoot = process.getuid?.() === 0
  const modes: LaunchMode[] = []
  for (const dropUser of isRoot ? [true, false] : [false]) {
    for (const permissions of [true, false]) modes.push({ dropUser, permissions })
  }
  return modes
}

/** What a host must read to start: itself, its one package, and the manifests that say what they are. */
function readable(): string[] {
  const addon = createRequire(import.meta.url).resolve('isolated-vm')
  const packages = addon.slice(0, addon.lastIndexOf(`${sep}isolated-vm${sep}`))
  const root = dirname(dirname(sandboxFolder))
  return [
    sandboxFolder,
    packages,
    // The same folder, unless it is a link.
    join(root, 'node_modules'),
    join(dirname(sandboxFolder), 'package.json'),
    join(root, 'package.json'),
    // Read by the loader of addons, to choose between C libraries.
    '/etc/alpine-release',
  ]
}

export function launchHost(mode: LaunchMode, maxWarm: number): ChildProcess {
  const permissions = mode.permissions
    ? ['--permission', '--allow-addons', ...readable().map((path) => `--allow-fs-read=${path}`)]
    : []
  const child = spawn(
    process.execPath,
    ['--no-node-snapshot', '--no-warnings', ...permissions, hostProgram, String(maxWarm)],
    {
      // Otherwise the scripts' language and time zone would be those of the machine.
      env: { LC_ALL: 'en_US.UTF-8', TZ: 'UTC' },
      cwd: sep,
      // A session of its own: Ctrl-C in the node's terminal must not end a host whose runs may finish.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      ...(mode.dropUser && { uid: nobody, gid: nobody }),
    },
  )
  if (child.pid !== undefined) yieldTo(child.pid)
  return child
}

function attempt(action: () => void): boolean {
  try {
    action()
    return true
  } catch {
    return false
  }
}

/** Scripts run behind the node's own work, and when memory runs out a host is the first to go. */
function yieldTo(pid: number): void {
  attempt(() => setPriority(pid, 10))
  attempt(() => writeFileSync(`/proc/${pid}/oom_score_adj`, '900'))
}

export function wallsOf(mode: LaunchMode): Wall[] {
  const linux = process.platform === 'linux'
  const wall = (name: string, stands: boolean, note: string): Wall => ({ name, stands, note })
  return [
    wall('process', true, 'scripts run in child processes of their own'),
    wall('environment', true, 'hosts have no environment but language and time zone, and no credentials'),
    wall(
      'user',
      mode.dropUser,
      mode.dropUser ? `hosts run as user ${nobody}` : 'hosts run as the user of the node',
    ),
    wall(
      'permission_model',
      mode.permissions,
      "Node.js's permission model; hygiene, for it must allow addons",
    ),
    wall(
      'memory_watch',
      linux,
      linux ? 'resident memory is read every 25 ms' : 'resident memory cannot be read here',
    ),
    wall('oom_score', linux, linux ? 'hosts are the first to go when memory runs out' : 'Linux only'),
    wall('priority', true, 'hosts run at a lower priority than the node'),
    wall('cgroup', false, 'not set up by the node; run it in one to cap its hosts as well'),
    wall('network_namespace', false, 'not set up by the node'),
  ]
}
