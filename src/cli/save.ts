import { basename } from 'node:path'
import type { Database } from '../database/database.ts'
import { RefusedByDatabaseError } from '../database/database-error.ts'
import { asIdentity, systemOperator } from '../database/tenant-transaction.ts'
import { ConfigurationError } from '../errors.ts'
import { type SavedScript, type ScriptToSave, saveScript } from '../executor/save-script.ts'
import { judgeVersion, type Verdict } from '../queue/judge-version.ts'
import type { ScriptType } from '../scripts/check-exports.ts'
import type { JsonSchema } from '../scripts/schema-hazards.ts'
import { createScriptService, type ScriptService } from '../scripts/script-service.ts'
import { type Command, type CommandInput, type ExitCode, exitCodes, print } from './command.ts'
import { findingLines } from './finding-lines.ts'
import { openInstallation } from './installation.ts'
import { parseJsonOption } from './json-option.ts'
import { readAnyFile, readScriptFile } from './script-file.ts'
import { TenantNotFoundError } from './tenant-not-found.ts'

const types: readonly ScriptType[] = ['scheduled', 'http', 'event', 'one_off', 'embedded']

export const saveCommand: Command = {
  name: 'save',
  summary: 'Check a file and save it as a script, or as a new version of one',
  usage: `FILE --tenant KEY [--name NAME] [--type TYPE] [--activate] [options]

  --tenant KEY          whose script it is
  --name NAME           the file's name without its ending by default
  --type TYPE           scheduled, http, event, one_off or embedded; one_off for a new script
  --description TEXT    what the script does
  --message TEXT        what changed, for the history
  --config JSON         trigger configuration, as the type needs it
  --input-schema FILE   JSON Schema of the input
  --output-schema FILE  JSON Schema of the output
  --base-version N      refused where somebody has saved since that version
  --activate            run this version from now on
  --force               save it even where it is rejected; it cannot run then

FILE may be - for standard input, with --name. What is not given stays as it was. The file is checked first
and its findings are printed; what is rejected is not saved, and the exit code is 1.`,
  options: {
    tenant: { type: 'string', short: 't' },
    name: { type: 'string', short: 'n' },
    type: { type: 'string' },
    description: { type: 'string' },
    message: { type: 'string', short: 'm' },
    config: { type: 'string' },
    'input-schema': { type: 'string' },
    'output-schema': { type: 'string' },
    'base-version': { type: 'string' },
    activate: { type: 'boolean' },
    force: { type: 'boolean' },
  },
  maxArguments: 1,
  async run(input) {
    const { config, logger } = input
    const script = await scriptOf(input)
    const installation = await openInstallation({ config, logger, purpose: 'save', roles: [] })
    const scripts = createScriptService({ logger, block: config.analysisBlock })
    try {
      return await checkAndSave(input, installation.database, scripts, script)
    } finally {
      await scripts.close()
      await installation.close()
    }
  },
}

/** Everything wrong with the arguments is said before anything is opened. */
async function scriptOf({ positionals, values }: CommandInput): Promise<ScriptToSave> {
  const [file] = positionals
  if (!file) throw new ConfigurationError('save: give the FILE to save.')
  const text = (name: string) => (typeof values[name] === 'string' ? values[name] : undefined)
  const tenantKey = text('tenant')
  if (tenantKey === undefined) throw new ConfigurationError('save: give the tenant, --tenant KEY.')
  const name = text('name') ?? (file === '-' ? undefined : basename(file).replace(/\.m?[jt]s$/, ''))
  if (name === undefined) throw new ConfigurationError('save: give the script a name, --name NAME.')
  const [type, description, changeDescription] = [typeOf(text('type')), text('description'), text('message')]
  const [inputSchema, outputSchema] = [
    await schemaOf('input-schema', text('input-schema')),
    await schemaOf('output-schema', text('output-schema')),
  ]
  const baseVersion = baseVersionOf(text('base-version'))
  const config = text('config') === undefined ? undefined : parseJsonOption(values.config, '--config')
  return {
    tenantKey,
    name,
    source: await readScriptFile('save', file),
    ...(file !== '-' && {
      language: /\.m?ts$/.test(file) ? ('typescript' as const) : ('javascript' as const),
    }),
    ...(type && { type }),
    ...(description !== undefined && { description }),
    ...(changeDescription !== undefined && { changeDescription }),
    ...(config !== undefined && { config: config as Record<string, unknown> }),
    ...(inputSchema !== undefined && { inputSchema }),
    ...(outputSchema !== undefined && { outputSchema }),
    ...(baseVersion !== undefined && { baseVersion }),
  }
}

function typeOf(text: string | undefined): ScriptType | undefined {
  const type = types.find((known) => known === text)
  if (text !== undefined && !type) throw new ConfigurationError(`--type: must be one of ${types.join(', ')}.`)
  return type
}

function baseVersionOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new ConfigurationError('--base-version: must be the number of a version.')
  return Number(text)
}

async function schemaOf(option: string, file: string | undefined): Promise<JsonSchema | null | undefined> {
  if (file === undefined) return undefined
  return parseJsonOption(await readAnyFile('save', file), `--${option} ${file}`) as JsonSchema | null
}

async function checkAndSave(
  { json, values }: CommandInput,
  database: Database,
  scripts: ScriptService,
  script: ScriptToSave,
): Promise<ExitCode> {
  const verdict = await checkFirst(database, scripts, script)
  const { state, findings } = verdict
  const found = findingLines(script.name, findings)
  if (state === 'rejected' && !values.force) {
    const why = 'Not saved: the check rejects it. Correct it, or keep it as a draft with --force.'
    print(json, { saved: false, name: script.name, state, findings }, [...found, why])
    return exitCodes.failed
  }
  // Standard input has no ending that says it.
  const language = script.language ?? verdict.language
  const toSave = { ...script, ...(language && { language }) }
  const saved = await saveScript(database, scripts, systemOperator, toSave)
  const activation = values.activate ? await activate(database, script, saved.version) : undefined
  const { version } = saved
  const done = { saved: true, name: script.name, version, state: saved.state, findings: saved.findings }
  print(json, { ...done, active: activation === true, ...(refused(activation) && { error: activation }) }, [
    ...found,
    `Saved ${script.name} as version ${version}, ${saved.state}${activation === true ? ', and active' : ''}.`,
    ...(refused(activation)
      ? [`Not active: ${activation.message}`, ...(activation.hint ? [activation.hint] : [])]
      : []),
  ])
  if (refused(activation)) return exitCodes.refused
  return exitCodeOf(saved)
}

function exitCodeOf({ state }: SavedScript): ExitCode {
  return state === 'accepted' ? exitCodes.ok : exitCodes.failed
}

/** The check that saving makes again, for what is not to be saved. */
async function checkFirst(
  database: Database,
  scripts: ScriptService,
  { tenantKey, name, source, type, language, inputSchema, outputSchema }: ScriptToSave,
): Promise<Verdict> {
  const known = await asIdentity(database, systemOperator, async (client) => {
    const { rows } = await client.query<{
      tenant_id: string
      script_id: string | null
      type: ScriptType | null
    }>(
      `select tenant.id as tenant_id, script.id as script_id, script.type
       from pgscript.tenants as tenant
       left join pgscript.scripts as script
         on script.tenant_id = tenant.id and script.name = $2 and script.status <> 'archived'
       where tenant.key = $1`,
      [tenantKey, name],
    )
    return rows[0]
  })
  if (!known) throw new TenantNotFoundError(tenantKey)
  return await judgeVersion(database, scripts, {
    tenantId: known.tenant_id,
    scriptId: known.script_id,
    version: null,
    script: {
      name,
      source,
      type: type ?? known.type ?? 'one_off',
      language,
      config: { maxSourceBytes: 1_048_576 },
      inputSchema,
      outputSchema,
    },
  })
}

interface Refusal {
  code: string
  message: string
  hint: string | undefined
}

/** The version is saved by then; that it cannot be active is said beside that. */
async function activate(
  database: Database,
  { tenantKey, name }: ScriptToSave,
  version: number,
): Promise<true | Refusal> {
  try {
    await asIdentity(database, systemOperator, (client) =>
      client.query('select pgscript.activate_script($1, $2, $3)', [tenantKey, name, version]),
    )
    return true
  } catch (error) {
    if (!(error instanceof RefusedByDatabaseError)) throw error
    return { code: error.code, message: error.message, hint: error.hint }
  }
}

function refused(activation: true | Refusal | undefined): activation is Refusal {
  return typeof activation === 'object'
}
