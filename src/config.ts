import { resolve } from 'node:path'
import { z } from 'zod'

import { ConfigurationError } from './errors.ts'
import { type PrivateTargets, parsePrivateTargets } from './private-targets.ts'

const databaseUrl = z.url({
  protocol: /^postgres(ql)?$/,
  error: 'must be a URL such as postgres://user:password@host:5432/database',
})

function number(min: number, max: number) {
  const what = `must be a number from ${min} to ${max}`
  return z.coerce.number(what).min(min, what).max(max, what)
}

function whole(min: number, max: number) {
  const what = `must be a whole number from ${min} to ${max}`
  return z.coerce.number(what).int(what).min(min, what).max(max, what)
}

export const nodeRoles = ['http', 'executor', 'scheduler'] as const
export type NodeRole = (typeof nodeRoles)[number]

/** From which severity on a finding of the analysis rejects a version. */
export const analysisBlocks = ['none', 'high', 'warning'] as const
export type AnalysisBlock = (typeof analysisBlocks)[number]

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

const privateTargetsForm =
  'must be addresses, ranges or host names with commas between, such as 10.1.2.3/32,127.0.0.1:8080,[fd00::7]:443,billing.internal'

/** Every setting, with the environment variable that sets it. docs/configuration.md is its table. */
const settings = z.object({
  /** Owner or node login of an external server; absent: the embedded server. */
  DATABASE_URL: databaseUrl.optional(),
  PGSCRIPT_MIGRATE_URL: databaseUrl.optional(),
  PGSCRIPT_SCRIPT_URL: databaseUrl.optional(),
  PGSCRIPT_LISTEN_URL: databaseUrl.optional(),
  PGSCRIPT_ROLE_PREFIX: z
    .string()
    .regex(
      /^[a-z][a-z0-9_]{0,39}$/,
      'must be lower-case letters, digits and _, at most 40, starting with a letter',
    )
    .default('pgscript'),
  PGSCRIPT_SECRET: z
    .string()
    .min(32, 'must be at least 32 characters; `openssl rand -base64 32` makes one')
    .optional(),
  PGSCRIPT_SECRET_PREVIOUS: z
    .string()
    .min(32, 'must be the secret as it was, at least 32 characters')
    .optional(),
  PGSCRIPT_DATA_DIR: z.string().min(1).default('.pgscript'),
  PGSCRIPT_HOST: z.string().min(1).default('127.0.0.1'),
  PORT: whole(0, 65_535).default(3000),
  PGSCRIPT_ROLES: z
    .string()
    .default(nodeRoles.join(','))
    .transform((text) => text.split(',').map((role) => role.trim()))
    .pipe(z.array(z.enum(nodeRoles, `must be one or more of ${nodeRoles.join(', ')}, with commas between`))),
  PGSCRIPT_LOG_LEVEL: z.enum(logLevels, `must be one of ${logLevels.join(', ')}`).default('info'),
  PGSCRIPT_SANDBOX_HOSTS: whole(1, 64).optional(),
  PGSCRIPT_RUNS_PER_HOST: whole(1, 1_000).default(16),
  PGSCRIPT_HOST_MEMORY_MB: whole(128, 65_536).default(1024),
  PGSCRIPT_CGROUP: z.string().min(1).optional(),
  PGSCRIPT_DATABASE_CONNECTIONS: whole(2, 200).default(10),
  PGSCRIPT_SCRIPT_CONNECTIONS: whole(1, 200).default(10),
  PGSCRIPT_LEASE_SECONDS: number(2, 120).default(10),
  PGSCRIPT_DRAIN_SECONDS: number(0, 900).default(10),
  PGSCRIPT_POLL_SECONDS: number(0.05, 60).default(1),
  PGSCRIPT_LISTENING_POLL_SECONDS: number(0.05, 300).default(5),
  PGSCRIPT_QUERY_SECONDS: number(1, 600).default(30),
  PGSCRIPT_ANALYSIS_BLOCK: z
    .enum(analysisBlocks, `must be one of ${analysisBlocks.join(', ')}`)
    .default('high'),
  PGSCRIPT_EGRESS_ALLOW_PRIVATE: z
    .string()
    .default('')
    .refine((text) => parsePrivateTargets(text) !== undefined, privateTargetsForm)
    .transform((text): PrivateTargets => parsePrivateTargets(text) ?? { ranges: [], names: new Set() }),
})

export type Environment = Record<string, string | undefined>

/** What a process runs with. Units are in the names; absent URLs are derived in database/connection-urls.ts. */
export interface Config {
  databaseUrl: string | undefined
  migrateUrl: string | undefined
  scriptUrl: string | undefined
  listenUrl: string | undefined
  rolePrefix: string
  secret: string | undefined
  secretPrevious: string | undefined
  dataDir: string
  host: string
  port: number
  roles: readonly NodeRole[]
  logLevel: string
  sandboxHosts: number | undefined
  runsPerHost: number
  hostMemoryMb: number
  /** A cgroup v2 folder for the sandbox hosts. */
  cgroup: string | undefined
  databaseConnections: number
  scriptConnections: number
  leaseSeconds: number
  drainSeconds: number
  pollSeconds: number
  analysisBlock: AnalysisBlock
  listeningPollSeconds: number
  querySeconds: number
  /** What scripts may call though it is not public. */
  egressAllowPrivate: PrivateTargets
}

/**
 * Reads the settings from environment variables; an empty variable counts as absent.
 *
 * @throws {ConfigurationError} naming every variable at fault, why, and what it must be.
 */
export function loadConfig(environment: Environment): Config {
  const given = Object.fromEntries(
    Object.keys(settings.shape).map((name) => [
      name,
      environment[name] === '' ? undefined : environment[name],
    ]),
  )
  const parsed = settings.safeParse(given)
  if (!parsed.success) {
    const faults = new Set(parsed.error.issues.map(({ path, message }) => `${String(path[0])}: ${message}`))
    throw new ConfigurationError(`The settings cannot be used.\n  ${[...faults].join('\n  ')}`)
  }
  const values = parsed.data
  return {
    databaseUrl: values.DATABASE_URL,
    migrateUrl: values.PGSCRIPT_MIGRATE_URL,
    scriptUrl: values.PGSCRIPT_SCRIPT_URL,
    listenUrl: values.PGSCRIPT_LISTEN_URL,
    rolePrefix: values.PGSCRIPT_ROLE_PREFIX,
    secret: values.PGSCRIPT_SECRET,
    secretPrevious: values.PGSCRIPT_SECRET_PREVIOUS,
    dataDir: resolve(values.PGSCRIPT_DATA_DIR),
    host: values.PGSCRIPT_HOST,
    port: values.PORT,
    roles: values.PGSCRIPT_ROLES,
    logLevel: values.PGSCRIPT_LOG_LEVEL,
    sandboxHosts: values.PGSCRIPT_SANDBOX_HOSTS,
    runsPerHost: values.PGSCRIPT_RUNS_PER_HOST,
    hostMemoryMb: values.PGSCRIPT_HOST_MEMORY_MB,
    cgroup: values.PGSCRIPT_CGROUP,
    databaseConnections: values.PGSCRIPT_DATABASE_CONNECTIONS,
    scriptConnections: values.PGSCRIPT_SCRIPT_CONNECTIONS,
    leaseSeconds: values.PGSCRIPT_LEASE_SECONDS,
    drainSeconds: values.PGSCRIPT_DRAIN_SECONDS,
    pollSeconds: values.PGSCRIPT_POLL_SECONDS,
    analysisBlock: values.PGSCRIPT_ANALYSIS_BLOCK,
    listeningPollSeconds: values.PGSCRIPT_LISTENING_POLL_SECONDS,
    querySeconds: values.PGSCRIPT_QUERY_SECONDS,
    egressAllowPrivate: values.PGSCRIPT_EGRESS_ALLOW_PRIVATE,
  }
}
