import { type CatalogFault, findCatalogFaults } from '../database/catalog-check.ts'
import { query } from '../database/database.ts'
import { packageVersion } from '../database/package-version.ts'
import { openSandbox } from '../executor/open-sandbox.ts'
import { type Command, exitCodes, print } from './command.ts'
import { type Installation, openInstallation } from './installation.ts'

interface Check {
  name: string
  /** A wall that cannot stand on this machine is a remark; only a fault fails the command. */
  state: 'ok' | 'remark' | 'fault'
  note: string
}

export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'Check the database, its catalog and the walls around scripts',
  usage: `[--json]

Exit code 1 when anything is a fault.`,
  options: {},
  async run({ config, logger, json }) {
    const installation = await openInstallation({ config, logger, purpose: 'doctor', roles: [] })
    try {
      const checks = [
        await checkServer(installation),
        ...(await checkCatalog(installation)),
        ...(await checkNodes(installation)),
        ...(await checkWalls(config, logger)),
      ]
      const healthy = checks.every((check) => check.state !== 'fault')
      const width = Math.max(...checks.map((check) => check.name.length))
      const marks = { ok: 'ok    ', remark: 'remark', fault: 'FAULT ' }
      print(json, { version: packageVersion, healthy, checks }, [
        ...checks.map((check) => `${marks[check.state]}  ${check.name.padEnd(width)}  ${check.note}`),
        healthy
          ? 'Everything that must stand, stands.'
          : 'There are faults; each line above says what to do.',
      ])
      return healthy ? exitCodes.ok : exitCodes.failed
    } finally {
      await installation.close()
    }
  },
}

async function checkServer({ database, embedded }: Installation): Promise<Check> {
  const [row] = await query<{ version: string; name: string }>(
    database,
    "select current_setting('server_version') as version, current_database() as name",
  )
  const note = `PostgreSQL ${row?.version}, database ${row?.name}, ${embedded ? `embedded on port ${embedded.port}` : 'external'}, migrated to ${packageVersion}`
  return { name: 'database', state: 'ok', note }
}

async function checkCatalog({ database }: Installation): Promise<Check[]> {
  const faults = await findCatalogFaults(database.pool)
  if (faults.length === 0) {
    return [
      {
        name: 'catalog',
        state: 'ok',
        note: 'roles, row-level security, policies, grants and functions are as they must be',
      },
    ]
  }
  return faults.map((fault: CatalogFault) => ({
    name: `catalog: ${fault.code}`,
    state: 'fault',
    note: `${fault.object}: ${fault.fault}. ${fault.remedy}`,
  }))
}

async function checkNodes({ database }: Installation): Promise<Check[]> {
  const nodes = await query<{ id: string; version: string; seconds: number }>(
    database,
    'select id, version, seconds_since_seen as seconds from pgscript_engine.list_nodes() where roles <> $1',
    [[]],
  )
  if (nodes.length === 0) return [{ name: 'nodes', state: 'remark', note: 'no node runs at the moment' }]
  return nodes.map(({ id, version, seconds }) => ({
    name: 'node',
    state: seconds > 60 ? 'remark' : 'ok',
    note: `${id}, version ${version}, last seen ${Math.round(seconds)} s ago`,
  }))
}

async function checkWalls(...[config, logger]: Parameters<typeof openSandbox>): Promise<Check[]> {
  const { sandbox } = await openSandbox({ ...config, sandboxHosts: 1 }, logger)
  try {
    return sandbox.walls().map((wall) => ({
      name: `wall: ${wall.name}`,
      state: wall.stands ? 'ok' : 'remark',
      note: wall.note,
    }))
  } finally {
    await sandbox.close()
  }
}
