import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

import { loadConfig } from '../../src/config.ts'
import { createMetrics } from '../../src/metrics.ts'

const document = readFileSync('docs/configuration.md', 'utf8')
const source = readFileSync('src/config.ts', 'utf8')

test('docs/configuration.md has every setting, in the order of src/config.ts, and no other', () => {
  const settings = [...source.matchAll(/^ {2}([A-Z][A-Z_]+):/gm)].map(([, name]) => name)
  const rows = [...document.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name)
  expect(settings.length).toBeGreaterThan(15)
  expect(rows).toEqual(settings)
})

test.each([
  ['PGSCRIPT_ROLE_PREFIX', loadConfig({}).rolePrefix],
  ['PGSCRIPT_HOST', loadConfig({}).host],
  ['PORT', loadConfig({}).port],
  ['PGSCRIPT_ROLES', loadConfig({}).roles.join(',')],
  ['PGSCRIPT_RUNS_PER_HOST', loadConfig({}).runsPerHost],
  ['PGSCRIPT_HOST_MEMORY_MB', loadConfig({}).hostMemoryMb],
  ['PGSCRIPT_DATABASE_CONNECTIONS', loadConfig({}).databaseConnections],
  ['PGSCRIPT_SCRIPT_CONNECTIONS', loadConfig({}).scriptConnections],
  ['PGSCRIPT_LEASE_SECONDS', loadConfig({}).leaseSeconds],
  ['PGSCRIPT_DRAIN_SECONDS', loadConfig({}).drainSeconds],
  ['PGSCRIPT_POLL_SECONDS', loadConfig({}).pollSeconds],
  ['PGSCRIPT_ANALYSIS_BLOCK', loadConfig({}).analysisBlock],
  ['PGSCRIPT_LISTENING_POLL_SECONDS', loadConfig({}).listeningPollSeconds],
  ['PGSCRIPT_QUERY_SECONDS', loadConfig({}).querySeconds],
])('the default of %s is as documented', (name, value) => {
  expect(document).toContain(`| \`${name}\` | \`${value}\` |`)
})

test('docs/configuration.md has every metric', async () => {
  const metrics = await createMetrics().registry.getMetricsAsJSON()
  const rows = [...document.matchAll(/^\| `(pgscript_[a-z_]+)` \|/gm)].map(([, name]) => name)
  expect(rows.toSorted()).toEqual(metrics.map(({ name }) => name).toSorted())
})
