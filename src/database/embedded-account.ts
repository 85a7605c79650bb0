import { execFile } from 'node:child_process'
import { chmod, chown, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'

import { DatabaseUnusableError } from '../errors.ts'
import type { Logger } from '../log.ts'

const run = promisify(execFile)

interface Ids {
  uid: number
  gid: number
}

/** Who PostgreSQL runs as. */
export interface Account {
  name: 'self' | 'postgres' | 'namespace'
  /** Who its files belong to; undefined: ourselves, and nothing needs to change hands. */
  owner: Ids | undefined
  /** What to spawn so that `file` runs as this account, with the process id that the spawn reports. */
  command(file: string, args: readonly string[]): { file: string; args: string[]; ids: Partial<Ids> }
}

const self: Account = {
  name: 'self',
  owner: undefined,
  command: (file, args) => ({ file, args: [...args], ids: {} }),
}

interface Search {
  dataDir: string
  postgres: string
  logger: Logger
  processUid?: number
}

/**
 * Chooses who runs PostgreSQL, which refuses root.
 *
 * For root that is the system user `postgres`, made if there is none. Where that user cannot reach
 * the programs or the data (a checkout in /root), it is root itself behind a user namespace that
 * shows it another number: same files, same process id, no privileges.
 *
 * @throws {DatabaseUnusableError} `embedded_server_root` when neither works.
 */
export async function chooseAccount(search: Search): Promise<Account> {
  if ((search.processUid ?? process.getuid?.()) !== 0) return self

  const user = await systemUser(search)
  if (user?.owner !== undefined) {
    // Its group may pass through the data directory; the files in it stay closed.
    const admitted = await setAccess(search.dataDir, user.owner.gid, 0o710)
    if (admitted && (await canRun(user, search))) return user
    await setAccess(search.dataDir, 0, 0o700)
  }
  const namespace = await namespaceAccount()
  if (await canRun(namespace, search)) return namespace
  throw new DatabaseUnusableError(
    'embedded_server_root',
    'PostgreSQL does not run as root. The system user "postgres" cannot be used, or a directory above ' +
      `${search.postgres} or ${search.dataDir} is closed to it, and user namespaces are not permitted ` +
      'here. Move the checkout to where others may enter, start as another user, or set DATABASE_URL.',
  )
}

async function systemUser(search: Search): Promise<Account | undefined> {
  const known = await passwdEntry((name) => name === 'postgres')
  if (known !== undefined) return accountOf(known)
  // Ask with a user that is always there first: a system user is not made in vain.
  const parent = { ...search, dataDir: dirname(search.dataDir) }
  if (!(await canRun(accountOf({ uid: 65_534, gid: 65_534 }), parent))) return undefined
  try {
    await run('useradd', [
      '--system',
      '--user-group',
      '--no-create-home',
      '--shell',
      '/bin/false',
      'postgres',
    ])
  } catch (error) {
    search.logger.warn({ err: error }, 'the system user "postgres" could not be made')
    return undefined
  }
  search.logger.info('made the system user "postgres" to run PostgreSQL, which does not run as root')
  const made = await passwdEntry((name) => name === 'postgres')
  return made && accountOf(made)
}

function accountOf(ids: Ids): Account {
  return { name: 'postgres', owner: ids, command: (file, args) => ({ file, args: [...args], ids }) }
}

async function namespaceAccount(): Promise<Account> {
  // Any number that has a name will do: initdb looks it up.
  const ids = (await passwdEntry((_, { uid }) => uid !== 0)) ?? { uid: 1, gid: 1 }
  const options = ['--user', `--map-user=${ids.uid}`, `--map-group=${ids.gid}`, '--']
  return {
    name: 'namespace',
    owner: { uid: 0, gid: 0 },
    // unshare becomes the program (no --fork), hence the right process id.
    command: (file, args) => ({ file: 'unshare', args: [...options, file, ...args], ids: {} }),
  }
}

/** False where even root may not: in a container without capabilities. */
async function setAccess(directory: string, gid: number, mode: number): Promise<boolean> {
  try {
    await chown(directory, 0, gid)
    await chmod(directory, mode)
    return true
  } catch {
    return false
  }
}

async function passwdEntry(fits: (name: string, ids: Ids) => boolean): Promise<Ids | undefined> {
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '')
  for (const line of text.split('\n')) {
    const [name = '', , uid, gid] = line.split(':')
    const ids = { uid: Number(uid), gid: Number(gid) }
    if (Number.isInteger(ids.uid) && Number.isInteger(ids.gid) && fits(name, ids)) return ids
  }
  return undefined
}

/** Tries rather than computes: modes, ACLs, mounts and security modules all have a say. */
async function canRun(account: Account, { dataDir, postgres }: Search): Promise<boolean> {
  const probe = account.command('/bin/sh', [
    '-c',
    'cd -- "$1" && exec "$2" --version',
    'sh',
    dataDir,
    postgres,
  ])
  try {
    await run(probe.file, probe.args, { ...probe.ids, cwd: '/', timeout: 10_000 })
    return true
  } catch {
    return false
  }
}
