import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where a file of our own writes down a code. A new way of writing one needs a line here. */
const places: { in: RegExp; pattern: RegExp; prefix?: string }[] = [
  // `code: 'x'`, `readonly code = 'x'`, `options.code ?? 'x'`
  { in: /\.ts$/, pattern: /\bcode\b(?: =|:| \?\?) '([a-z_]+)'(?! in )/g },
  // `new DatabaseUnusableError('x', …)`, `coded('x', …)`, `refusal(source, offset, 'x', …)`
  { in: /\.ts$/, pattern: /Error\(\s*'([a-z]+(?:_[a-z]+)+)',/g },
  {
    in: /\.ts$/,
    pattern:
      /(?:refusal|coded|error|missing|mark|fault|refuse)\(\s*(?:[^'"\n]*,\s*)?'([a-z]+(?:_[a-z]+)*)',/g,
  },
  // The table of HTTP statuses.
  { in: /\.ts$/, pattern: /^ {2}\d{3}: \[\s*'([a-z_]+)',/gm },
  // The ways in which a sandbox host ends a run.
  { in: /sandbox\/protocol\.ts$/, pattern: /^ {2}\| '([a-z]+_limit|timeout|cancelled)'/gm },
  { in: /\.sql$/, pattern: /\bconstraint = '([a-z_]+)'(?! \|\|)/g },
  { in: /\.sql$/, pattern: /\bcheck_text\('([a-z_]+)'/g, prefix: 'invalid_' },
  { in: /\.sql$/, pattern: /'code', '([a-z_]+)'/g },
  // `pgscript doctor`: the codes of catalog_faults.
  { in: /_faults\.sql$/, pattern: /'((?!pg_)[a-z]+(?:_[a-z]+)+)',\s/g },
]

/** Errors between a node and its sandbox hosts; nobody outside ever meets them. */
const internal = new Set(['channel_broken'])

export interface ErrorCode {
  code: string
  file: string
}

/** Every stable code that the sources can produce, with a file that does. */
export function codesInSources(): ErrorCode[] {
  const found = new Map<string, string>()
  for (const { file, text } of sources()) {
    for (const { in: files, pattern, prefix = '' } of places) {
      if (!files.test(file)) continue
      for (const [, word] of text.matchAll(pattern)) found.set(`${prefix}${word}`, file)
    }
  }
  return [...found].map(([code, file]) => ({ code, file })).filter(({ code }) => !internal.has(code))
}

/** Those of the codes that no source can produce any more. */
export function withoutSource(codes: readonly string[]): string[] {
  const texts = sources()
  const produced = new Set(codesInSources().map(({ code }) => code))
  return codes.filter((code) => !produced.has(code) && !texts.some(({ text }) => text.includes(`'${code}'`)))
}

function sources(): { file: string; text: string }[] {
  return ['src', 'sql', 'migrations'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|sql)$/.test(name))
      .map((name) => ({ file: join(folder, name), text: readFileSync(join(folder, name), 'utf8') })),
  )
}
