import type { Finding } from './finding.ts'

export const scriptNameLength = { min: 3, max: 100 } as const

/** What is wrong with a script's name, if anything; the name is counted as it is stored, in characters. */
export function checkName(name: string): Finding[] {
  const problem = nameProblem(name)
  return problem === undefined ? [] : [{ severity: 'error', code: 'invalid_name', message: problem }]
}

/** Two names that look the same would be two scripts. Not those by which letters and emoji are joined. */
const invisible =
  /[\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2060-\u2064\u206a-\u206f\u3164\ufeff\uffa0]/

function nameProblem(name: string): string | undefined {
  if (name !== name.trim()) return 'The name begins or ends with a blank; remove it.'
  if (/\p{Cc}|\p{Cs}|[\u2028-\u202e\u2066-\u2069]/u.test(name)) {
    return 'The name contains a control character or a line break; remove it.'
  }
  if (invisible.test(name)) return 'The name contains a character that cannot be seen; remove it.'
  const { length } = [...name]
  const { min, max } = scriptNameLength
  return length < min || length > max
    ? `The name must have ${min} to ${max} characters; it has ${length}.`
    : undefined
}
