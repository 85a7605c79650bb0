import { type Finding, findingAt, mostFindings } from './finding.ts'

export interface NormalizedSource {
  /** The text as it is stored and run: LF line endings, no byte-order mark. */
  text: string
  findings: Finding[]
}

interface Suspect {
  pattern: RegExp
  severity: 'error' | 'warning'
  code: string
  describe: (character: string) => string
}

const suspects: readonly Suspect[] = [
  {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
    pattern: /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g,
    severity: 'error',
    code: 'control_character',
    describe: (character) => `The control character ${codePoint(character)} is not allowed; remove it.`,
  },
  {
    pattern: /\p{Surrogate}/gu,
    severity: 'error',
    code: 'unpaired_surrogate',
    describe: (character) =>
      `${codePoint(character)} is half a character and cannot be stored; remove it, or write it as an escape in a string.`,
  },
  {
    // These can make code read differently from how it runs (CVE-2021-42574).
    pattern: /[\u202a-\u202e\u2066-\u2069]/g,
    severity: 'warning',
    code: 'bidirectional_control',
    describe: (character) =>
      `The invisible character ${codePoint(character)} changes the order in which text is shown; what you read may not be what runs.`,
  },
]

function codePoint(character: string): string {
  return `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
}

/** Brings a source to the one form in which it is stored, and names the characters that do not belong. */
export function normalizeSource(source: string): NormalizedSource {
  const text = source.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n')
  return { text, findings: suspects.flatMap((suspect) => occurrences(text, suspect)) }
}

function occurrences(text: string, { pattern, severity, code, describe }: Suspect): Finding[] {
  const findings: Finding[] = []
  for (const match of text.matchAll(pattern)) {
    if (findings.length === mostFindings) break
    findings.push(findingAt(text, match.index, { severity, code, message: describe(match[0]) }))
  }
  return findings
}
