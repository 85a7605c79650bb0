import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { evaluate, positionIn, positionOf } from './evaluate.ts'

const marker = "new Error('here')"

async function thrownPosition(source: string): Promise<string | undefined> {
  try {
    await evaluate(source, { pgscript: {} })
  } catch (error) {
    return positionOf(error)
  }
  return undefined
}

describe('an error is reported where the author wrote it', () => {
  test.each([
    ['first in the text', `throw ${marker}`],
    ['on a line of its own', `const a = 1\n\n  throw ${marker}`],
    ['after an import', `import { log } from 'pgscript'; throw ${marker}`],
    ['after an import over lines', `import {\n  log,\n} from 'pgscript'; throw ${marker}`],
    ['after an import with an odd name', `import { '\u2028' as a } from 'pgscript'; throw ${marker}`],
    ['after a hashbang', `#!/usr/bin/env node\nthrow ${marker}`],
    ['inside a default export', `export default (() => { throw ${marker} })()`],
    ['after a default function', `export default function () {} throw ${marker}`],
    ['after a default function with a semicolon', `export default function () {}; throw ${marker}`],
    ['glued to a default function', `export default function () {}throw ${marker}`],
    ['glued to a default generator', `export default async function* () {}throw ${marker}`],
    ['glued to a default class', `export default class {}throw ${marker}`],
    ['inside a default class', `export default class { static { throw ${marker} } }`],
    ['after re-exports', `export { log } from 'pgscript'; export * from 'pgscript'; throw ${marker}`],
    ['after a named default function', `export default function f() {}throw ${marker}`],
    ['after an export list', `const a = 1; export { a, a as b }; throw ${marker}`],
    ['inside an exported function', `export function f() { throw ${marker} } f()`],
    ['after types', `const a: Record<string, number> = {}; throw ${marker} as unknown`],
    ['after an interface', `interface A {\n  b: string\n} throw ${marker}`],
    ['after types beyond ASCII', `let größe: '日本😀' = '日本😀'; throw ${marker}`],
    ['in a default export with types', `export default ((a: number): void => { throw ${marker} })(1)`],
    ['after a line separator', `const a = '\u2028'; throw ${marker}`],
    ['despite a source URL of the author’s', `throw ${marker}\n//# sourceURL=elsewhere.js`],
    ['despite a source URL that names the host', `//@ sourceURL=node:internal/a\nthrow ${marker}`],
  ])('%s', async (_, source) => {
    expect(await thrownPosition(source)).toBe(positionIn(source, marker))
  })

  test('in a function called after evaluation, which is named as in a module', async () => {
    const source = `import { log } from 'pgscript'\nexport default async () => { throw ${marker} }`
    const { default: run } = await evaluate(source, { pgscript: {} })
    const error: unknown = await Promise.resolve(typeof run === 'function' && run()).catch((reason) => reason)

    expect(positionOf(error)).toBe(positionIn(source, marker))
    expect(error).toHaveProperty('stack', expect.stringContaining('at default (script.js:2:'))
  })

  test('in an anonymous default function, which is named as in a module', async () => {
    const source = `export default async function () { throw ${marker} }`
    const { default: run } = await evaluate(source, {})
    const error: unknown = await Promise.resolve(typeof run === 'function' && run()).catch((reason) => reason)

    expect(positionOf(error)).toBe(positionIn(source, marker))
    expect(error).toHaveProperty('stack', expect.stringContaining('at default (script.js:1:'))
  })

  test('whatever stands around it', async () => {
    const statement = (n: number) => [
      `const a${n} = 1;`,
      `export const b${n} = [1, 2];`,
      `export let c${n} = () => {};`,
      `export function d${n}() {}`,
      `export class E${n} {}`,
      `import { log as f${n} } from 'pgscript';`,
      `import * as g${n} from 'pgscript';`,
      `function h${n}() {} export { h${n} };`,
      `const i${n}: Map<string, 'x'> = new Map();`,
      `interface J${n} { k: string }`,
      `type L${n} = { m: 'é日😀' };`,
      `import type { N${n} } from 'elsewhere';`,
      `/* <!-- ${n} */`,
      `'text' + \`\${${n}}\`;`,
    ]
    const kinds = statement(0).length
    const parts = fc.array(fc.tuple(fc.nat(kinds - 1), fc.constantFrom('\n', ' ', '\n\n  ')), {
      maxLength: 12,
    })
    const defaults = fc.constantFrom(
      '',
      'export default function () {} ',
      'export default class {} ',
      'export default 1; ',
    )

    await fc.assert(
      fc.asyncProperty(parts, parts, defaults, async (before, after, exported) => {
        const text = (list: [number, string][], from: number) =>
          list.map(([kind, gap], index) => `${statement(from + index)[kind]}${gap}`).join('')
        const source = `${text(before, 0)}${exported}throw ${marker};${text(after, 100)}`

        expect(await thrownPosition(source)).toBe(positionIn(source, marker))
      }),
      { numRuns: 150 },
    )
  })
})
