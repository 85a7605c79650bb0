import type { Finding } from '../scripts/finding.ts'
import { caretBelow } from './for-terminal.ts'

/** What a check found, as a person reads it: place, severity, message, and the line itself. */
export function findingLines(fileName: string, findings: readonly Finding[]): string[] {
  return findings.flatMap(({ severity, code, message, line, column, sourceLine, caret }) => [
    `${line === undefined ? fileName : `${fileName}:${line}:${column}`}: ${severity}: ${message}  [${code}]`,
    ...(sourceLine === undefined || caret === undefined
      ? []
      : [
          `  ${line} | ${sourceLine}`,
          `  ${' '.repeat(String(line).length + 3)}${caretBelow(sourceLine, caret)}`,
        ]),
  ])
}
