import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

import { exitCodes } from '../../src/cli/command.ts'
import { loadCommands } from '../../src/cli/commands.ts'

const commands = await loadCommands()
const document = readFileSync('docs/cli.md', 'utf8')

function help(...args: string[]): string {
  return execFileSync(process.execPath, ['src/cli/launch.js', 'help', ...args], {
    encoding: 'utf8',
  }).trimEnd()
}

describe('docs/cli.md', () => {
  test('shows what `pgscript help` prints', () => {
    expect(document).toContain(`\`\`\`\n${help()}\n\`\`\``)
  })

  test.each(commands)('shows what `pgscript help $name` prints', ({ name, summary, usage }) => {
    const text = `pgscript ${name}: ${summary}\n\nUsage: pgscript ${name} ${usage}`
    // A process each would take a second each; the last one shows that the text above is what help prints.
    if (name === commands.at(-1)?.name) expect(help(name)).toBe(text)
    expect(document).toContain(`## ${name}\n\n\`\`\`\n${text}\n\`\`\``)
  })

  test('has a section for every command, in the order of help, and for no other', () => {
    const sections = [...document.matchAll(/^## ([a-z]+)$/gm)].map(([, name]) => name)
    expect(sections).toEqual(commands.map(({ name }) => name))
  })

  test('has every exit code', () => {
    const rows = [...document.matchAll(/^\| (\d) \|/gm)].map(([, code]) => Number(code))
    expect(rows).toEqual(Object.values(exitCodes))
  })
})
