import { readFileSync } from 'node:fs'

import { pgscriptExports } from '../../src/scripts/check-imports.ts'

export interface Example {
  /** Where it is, for the test's name. */
  place: string
  source: string
  /** What the text says that it returns, as JSON. */
  returns?: string
  /** The code with which the text says that it ends. */
  endsWith?: string
}

/** The JavaScript and TypeScript of a document, each block as a script. */
export function examplesOf(path: string): Example[] {
  const document = readFileSync(path, 'utf8')
  return [...document.matchAll(/^```(?:js|ts)\n(.*?)^```$/gms)].map(({ 1: block = '', index }) => {
    const line = document.slice(0, index).split('\n').length
    const returns = block.match(/\/\/ → (.*)$/m)?.[1]
    const endsWith = block.match(/\/\/ ends: (\w+)$/m)?.[1]
    return {
      place: `${path}:${line}`,
      source: asScript(block),
      ...(returns !== undefined && { returns }),
      ...(endsWith !== undefined && { endsWith }),
    }
  })
}

/** A short example is the body of the function; what it uses of `pgscript` is imported. */
function asScript(block: string): string {
  if (block.includes('export default')) return block
  const used = pgscriptExports.filter(
    (name) => !['context', 'fetch'].includes(name) && new RegExp(`(?<![.\\w])${name}[.(]`).test(block),
  )
  return `import { ${used.join(', ')} } from 'pgscript'\nexport default async function (input, context) {\n${block}}\n`
}
