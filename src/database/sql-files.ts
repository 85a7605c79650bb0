import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

export interface SqlFile {
  /** Path from the package's root, such as `sql/policies/scripts.sql`. */
  path: string
  text: string
  /** Of the file's text and the role prefix: a new prefix applies everything again. */
  hash: string
}

/** The order of sql/: what reads a function comes after it. */
const objectFolders = ['functions', 'triggers', 'views', 'policies']

/** Every numbered migration, in order. */
export async function readMigrations(rolePrefix: string): Promise<SqlFile[]> {
  return await readTree(join(root, 'migrations'), rolePrefix)
}

/** Every re-appliable object of sql/, in the order they are applied. */
export async function readObjects(rolePrefix: string): Promise<SqlFile[]> {
  const groups = await Promise.all(
    objectFolders.map((folder) => readTree(join(root, 'sql', folder), rolePrefix)),
  )
  return groups.flat()
}

/** One file of sql/, such as `roles.sql`. */
export async function readSqlFile(name: string, rolePrefix: string): Promise<SqlFile> {
  return await readOne(join(root, 'sql', name), rolePrefix)
}

async function readTree(path: string, rolePrefix: string): Promise<SqlFile[]> {
  if (path.endsWith('.sql')) return [await readOne(path, rolePrefix)]
  const entries = await readdir(path, { recursive: true })
  const names = entries.filter((name) => name.endsWith('.sql')).sort()
  return await Promise.all(names.map((name) => readOne(join(path, name), rolePrefix)))
}

async function readOne(path: string, rolePrefix: string): Promise<SqlFile> {
  const text = withRolePrefix(await readFile(path, 'utf8'), rolePrefix)
  return {
    path: relative(root, path).replaceAll('\\', '/'),
    text,
    hash: createHash('sha256').update(text).digest('hex'),
  }
}

/**
 * The SQL files are written with the default role names. Schemas keep theirs, and one of them is
 * called like a role: what a full stop or a cast to regnamespace follows, or `schema`, `if not exists` or the rest of
 * a search path precedes, is the schema.
 */
export function withRolePrefix(text: string, rolePrefix: string): string {
  return text.replace(
    /(?<!\b(?:schema|exists|pg_catalog,) )\bpgscript_(owner|engine|node|script|user|operator|integrator)\b(?!\.|'::regnamespace)/g,
    `${rolePrefix}_$1`,
  )
}
