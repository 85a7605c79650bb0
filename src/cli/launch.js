#!/usr/bin/env node
// The command `pgscript`. Plain JavaScript for any Node from 18 on: it finds the Node that pgscript
// needs, which npm has installed beside it, and gives way to it.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const neededMajor = 26
const launcherVariable = 'PGSCRIPT_LAUNCHER_PID'

if (Number(process.versions.node.split('.')[0]) >= neededMajor) {
  endWithLauncher()
  await import('../main.ts')
} else {
  launch(findNode())
}

/** The Node of the npm package `node`; whatever the PATH says, it is the version we are tested with. */
function findNode() {
  try {
    const manifest = createRequire(import.meta.url).resolve('node/package.json')
    const binary = join(dirname(manifest), 'bin', 'node')
    if (existsSync(binary)) return binary
  } catch {
    // Reported below: why it is missing makes no difference to what must be done.
  }
  return undefined
}

function launch(node) {
  if (node === undefined) {
    return giveUp('the npm package "node", which brings it, is not installed')
  }
  const args = [...process.execArgv, fileURLToPath(import.meta.url), ...process.argv.slice(2)]
  // From Node 22.15 on a process can become another: no launcher stays behind to forward anything.
  if (typeof process.execve === 'function') {
    process.execve(node, [node, ...args], process.env)
  }
  const child = spawn(node, args, {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, [launcherVariable]: String(process.pid) },
  })
  forwardSignals(child)
  child.once('error', (error) => giveUp(error.message))
  child.once('exit', endAs)
}

/**
 * What a terminal sends (Ctrl-C, hang-up) it sends to the child as well; passed on it would arrive twice,
 * and twice means "at once, without draining". Listening is needed all the same: to outlive it.
 */
function forwardSignals(child) {
  const inTerminal = process.stdin.isTTY === true
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  for (const signal of ['SIGINT', 'SIGHUP']) {
    process.on(signal, () => inTerminal || child.kill(signal))
  }
}

/** Ends the way the child ended, so that a shell or a supervisor sees no difference. */
function endAs(code, signal) {
  if (signal === null) process.exit(code)
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
  // Reached only by a signal that does not end us.
  setTimeout(() => process.exit(128 + constants.signals[signal]), 1_000)
}

/** In the child: the channel to the launcher closes when that dies, even by SIGKILL; then drain and end. */
function endWithLauncher() {
  const launched = process.env[launcherVariable] === String(process.ppid) && process.channel !== undefined
  delete process.env[launcherVariable]
  if (!launched) return
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  // A command that has finished must not wait for its launcher.
  process.channel.unref()
}

function giveUp(reason) {
  console.error(
    `pgscript needs Node.js ${neededMajor} or later; this is ${process.version}, and ${reason}.\n` +
      'Run `npm install` in the project (with install scripts permitted for "node"), or start pgscript with a ' +
      `Node.js ${neededMajor}.`,
  )
  process.exitCode = 2
}
