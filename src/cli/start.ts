import type { Config, NodeRole } from '../config.ts'
import { nodeRoles } from '../config.ts'
import { packageVersion } from '../database/package-version.ts'
import { ConfigurationError } from '../errors.ts'
import type { Logger } from '../log.ts'
import { type Command, type CommandInput, exitCodes, print } from './command.ts'
import { curlLine, type Demo, databaseVersion, seedDemo } from './demo.ts'
import { type Installation, openInstallation } from './installation.ts'
import { type RunningNode, runNode } from './run-node.ts'

export const startCommand: Command = {
  name: 'start',
  summary: 'Run a node: HTTP, executor and scheduler, or a part of them',
  usage: `[--port N] [--host ADDRESS] [--role http,executor,scheduler] [--demo]

  --port N      port of the HTTP server (PORT, 3000); 0 takes a free one
  --host A      address it listens on (PGSCRIPT_HOST, 127.0.0.1)
  --role LIST   what this node does (PGSCRIPT_ROLES, all)
  --demo        make sure there is a demo tenant with scripts, and print how to call one

Without DATABASE_URL it runs an embedded PostgreSQL with its data in .pgscript/.
SIGTERM or Ctrl-C drains: running scripts may finish, the rest goes back to the queue.`,
  options: {
    port: { type: 'string', short: 'p' },
    host: { type: 'string' },
    role: { type: 'string' },
    demo: { type: 'boolean' },
  },
  async run(input) {
    const config = withFlags(input)
    const { logger } = input
    const stop = stopSignal(logger)
    const installation = await openInstallation({ config, logger, purpose: 'node', roles: config.roles })
    let node: RunningNode | undefined
    try {
      node = await runNode(installation, config, logger)
      const demo = input.values.demo ? await seedDemo(installation, node.scripts) : null
      await announce(input.json, installation, node, demo)
      logger.info(
        { node_id: installation.database.nodeId, url: node.http.url, roles: config.roles },
        'node ready',
      )
      logger.info({ signal: await stop.received }, 'draining')
    } finally {
      await node?.close()
      await installation.close()
    }
    logger.info('stopped')
    return exitCodes.ok
  },
}

function withFlags({ config, values }: CommandInput): Config {
  const flags = { ...config }
  if (typeof values.host === 'string') flags.host = values.host
  if (typeof values.port === 'string') {
    if (!/^\d{1,5}$/.test(values.port) || Number(values.port) > 65_535) {
      throw new ConfigurationError(`--port: must be a number from 0 to 65535, not "${values.port}".`)
    }
    flags.port = Number(values.port)
  }
  if (typeof values.role === 'string') flags.roles = parseRoles(values.role)
  return flags
}

function parseRoles(text: string): NodeRole[] {
  return text.split(',').map((name) => {
    const role = nodeRoles.find((known) => known === name.trim())
    if (!role)
      throw new ConfigurationError(
        `--role: "${name.trim()}" is not a role; roles are ${nodeRoles.join(', ')}.`,
      )
    return role
  })
}

/** One wish may arrive as several signals: a terminal sends it to all of us, and npm passes it on once more. */
const oneSignalMs = 1_000

/** The first signal drains; a second one, after a moment, ends the process at once. */
function stopSignal(logger: Logger): { received: Promise<string> } {
  let firstAt: number | undefined
  const received = new Promise<string>((resolve) => {
    const onSignal = (signal: NodeJS.Signals) => {
      if (firstAt === undefined) {
        firstAt = performance.now()
        resolve(signal)
      } else if (performance.now() - firstAt > oneSignalMs) {
        logger.warn({ signal }, 'second signal, ending at once')
        process.exit(1)
      }
    }
    process.on('SIGTERM', onSignal)
    process.on('SIGINT', onSignal)
  })
  return { received }
}

async function announce(json: boolean, installation: Installation, node: RunningNode, demo: Demo | null) {
  const { url } = node.http
  const server = await databaseVersion(installation)
  const where = installation.embedded ? `embedded, port ${installation.embedded.port}` : 'external'
  const lines = [
    '',
    `  pgscript ${packageVersion} is ready`,
    '',
    `  URL         ${url}`,
    `  Database    PostgreSQL ${server} (${where})`,
    `  Node        ${installation.database.nodeId}`,
    ...(demo ? demoLines(url, demo, installation) : []),
    '',
    '  Stop with Ctrl-C.',
    '',
  ]
  print(
    json,
    {
      url,
      nodeId: installation.database.nodeId,
      server,
      demo: demo && { ...demo, curl: curlLine(url, demo) },
    },
    lines,
  )
}

function demoLines(url: string, demo: Demo, { embedded }: Installation): string[] {
  return [
    `  Tenant      ${demo.tenantKey}`,
    `  API key     ${demo.apiKey}`,
    '',
    '  Run a script:',
    '',
    `  ${curlLine(url, demo)}`,
    '',
    '  Or let an INSERT run one, from any SQL client, when its transaction commits:',
    '',
    `  INSERT INTO pgscript_demo.orders (shop, customer, total) VALUES ('${demo.tenantKey}', 'Ann', 120);`,
    ...(embedded ? ['', `  psql ${embedded.url}`] : []),
  ]
}
