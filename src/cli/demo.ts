import { readFile } from 'node:fs/promises'
import { Client, type ClientConfig } from 'pg'

import { query } from '../database/database.ts'
import { deriveKey } from '../database/secret.ts'
import { asIdentity, systemOperator } from '../database/tenant-transaction.ts'
import { type ScriptToSave, saveScript } from '../executor/save-script.ts'
import type { ScriptService } from '../scripts/script-service.ts'
import type { Installation } from './installation.ts'

export interface Demo {
  tenantKey: string
  /** The same at every start: derived from the installation's secret. */
  apiKey: string
}

const tenantKey = 'demo'

interface DemoScript extends Pick<ScriptToSave, 'name' | 'type' | 'description' | 'config'> {
  file: string
}

/** The demo tenant's scripts, each a file of examples/scripts. */
const demoScripts: readonly DemoScript[] = [
  { name: 'hello', file: 'hello.js', description: 'Greets, and logs that it did' },
  { name: 'invoice', file: 'invoice.ts', description: 'Adds up an invoice with VAT, in TypeScript' },
  { name: 'word-count', file: 'word-count.js', description: 'Counts the words of a text' },
  { name: 'fails', file: 'fails.js', description: 'Throws, to show what an error looks like' },
]

/** Those that work with the made-up shop's table. */
const shopScripts: readonly DemoScript[] = [
  {
    name: 'order-received',
    file: 'order-received.js',
    type: 'event',
    config: { events: ['order.inserted'] },
    description: 'Confirms each order of the shop when it is inserted',
  },
  { name: 'shop-report', file: 'shop-report.js', description: 'Adds up the orders of the shop' },
]

const scopes = ['scripts.read', 'scripts.execute', 'executions.read']

/** Makes sure that the demo tenant is there, with an API key and its scripts; keeps what was changed in them. */
export async function seedDemo(installation: Installation, scripts: ScriptService): Promise<Demo> {
  const { database, secret } = installation
  const apiKey = `pgs_${deriveKey(secret, 'demo API key')}`
  await asIdentity(database, systemOperator, async (client) => {
    await client.query('select pgscript.upsert_tenant(key => $1, name => $2)', [tenantKey, 'Demo'])
    await client.query('reset role')
    await client.query('select pgscript_engine.provide_api_key($1, $2, $3, $4)', [
      tenantKey,
      'demo',
      apiKey,
      scopes,
    ])
  })
  const { migrate } = installation.connections
  if (migrate) await openShop(migrate)
  for (const script of migrate ? [...demoScripts, ...shopScripts] : demoScripts) {
    await seedScript(installation, scripts, script)
  }
  return { tenantKey, apiKey }
}

/** The application beside the demo tenant; made as the owner, where there is one. */
async function openShop(connection: ClientConfig) {
  const client = new Client(connection)
  await client.connect()
  try {
    await client.query(await readFile(new URL('../../examples/shop/shop.sql', import.meta.url), 'utf8'))
  } finally {
    await client.end()
  }
}

async function seedScript(installation: Installation, scripts: ScriptService, script: DemoScript) {
  const { database } = installation
  const { file, ...fields } = script
  const { name } = fields
  if (await exists(installation, name)) return
  const source = await readFile(new URL(`../../examples/scripts/${file}`, import.meta.url), 'utf8')
  await saveScript(database, scripts, systemOperator, {
    tenantKey,
    ...fields,
    source,
    language: file.endsWith('.ts') ? 'typescript' : 'javascript',
    changeDescription: 'From the examples',
  })
  await asIdentity(database, systemOperator, (client) =>
    client.query('select pgscript.activate_script($1, $2)', [tenantKey, name]),
  )
}

async function exists({ database }: Installation, name: string): Promise<boolean> {
  return await asIdentity(database, systemOperator, async (client) => {
    const { rowCount } = await client.query(
      `select from pgscript.scripts as script
       join pgscript.tenants as tenant on tenant.id = script.tenant_id
       where tenant.key = $1 and script.name = $2`,
      [tenantKey, name],
    )
    return rowCount !== 0
  })
}

/** A line that works when pasted into a shell. */
export function curlLine(url: string, demo: Demo): string {
  return `curl -s ${url}/api/executions -H 'Authorization: Bearer ${demo.apiKey}' -H 'Content-Type: application/json' -d '{"script":"hello","input":{"name":"world"},"wait":10}'`
}

/** For start's --json. */
export async function databaseVersion({ database }: Installation): Promise<string> {
  const [row] = await query<{ version: string }>(
    database,
    "select current_setting('server_version') as version",
  )
  return row?.version ?? 'unknown'
}
