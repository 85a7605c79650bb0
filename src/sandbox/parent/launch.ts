import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { setPriority } from 'node:os'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

import { hostPriority } from './thread-priority.ts'

/** Which of the walls that depend on the machine a host is started with. */
export interface LaunchMode {
  dropUser: boolean
  permissions: boolean
  /** A network namespace of its own, which has no way out. */
  network: boolean
}

const sandboxFolder = dirname(dirname(fileURLToPath(import.meta.url)))
const hostProgram = join(sandboxFolder, 'host', 'main.ts')
export const nobody = 65_534

/**
 * Strictest first. A dropped user often cannot read the program (a home of mode 0700), namespaces may be
 * forbidden, and permissions may be more than this Node.js allows an addon: what works is found by starting
 * a host.
 */
export function launchModes(): LaunchMode[] {
  const isRoot = process.getuid?.() === 0
  const modes: LaunchMode[] = []
  for (const network of process.platform === 'linux' ? [true, false] : [false]) {
    for (const dropUser of isRoot ? [true, false] : [false]) {
      for (const permissions of [true, false]) modes.push({ dropUser, permissions, network })
    }
  }
  // A host without its own user is worse than one with a network, so that is given up first.
  return modes.sort((a, b) => Number(b.dropUser) - Number(a.dropUser))
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

/** `unshare` becomes the program that it is told to start, so the process stays the same. */
function inNamespace({ dropUser }: LaunchMode): string[] {
  if (dropUser) return ['unshare', '--net', `--setgid=${nobody}`, `--setuid=${nobody}`, '--']
  const isRoot = process.getuid?.() === 0
  // Without rights of its own a process may have the namespace of users that gives it the other one.
  return ['unshare', ...(isRoot ? [] : ['--user']), '--net', '--']
}

export function launchHost(mode: LaunchMode, maxWarm: number): ChildProcess {
  const permissions = mode.permissions
    ? ['--permission', '--allow-addons', ...readable().map((path) => `--allow-fs-read=${path}`)]
    : []
  const [program = '', ...args] = [
    ...(mode.network ? inNamespace(mode) : []),
    process.execPath,
    '--no-node-snapshot',
    // Otherwise frozen objects take private fields, which keep an execution's memory in a realm that others share.
    '--js-nonextensible-applies-to-private',
    '--no-warnings',
    ...permissions,
    hostProgram,
    String(maxWarm),
  ]
  const child = spawn(program, args, {
    // Otherwise the scripts' language and time zone would be those of the machine.
    env: { LC_ALL: 'en_US.UTF-8', TZ: 'UTC', ...(mode.network && { PATH: '/usr/bin:/bin:/usr/sbin:/sbin' }) },
    cwd: sep,
    // Not detached. Linux with autogroups shares the processor out between sessions first: a host with a session
    // of its own would weigh as much as the node, however nice it is.
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    ...(mode.dropUser && !mode.network && { uid: nobody, gid: nobody }),
  })
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
  attempt(() => setPriority(pid, hostPriority))
  attempt(() => writeFileSync(`/proc/${pid}/oom_score_adj`, '900'))
}
