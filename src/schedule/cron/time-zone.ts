import { InvalidInputError } from '../../errors.ts'

/** The version of the time-zone data that this process computes with, such as `2026c`. */
export const timeZoneDataVersion: string = process.versions.tz ?? 'unknown'

/**
 * Checks the name of a time zone: one of the IANA database, spelt as there, old names included.
 *
 * @throws {InvalidInputError} `invalid_time_zone`, with the right spelling where there is one.
 */
export function checkTimeZone(zone: string): string {
  const found = /^[A-Za-z]/.test(zone) ? identifierOf(zone) : undefined
  if (found === zone) return zone
  throw new InvalidInputError(
    `There is no time zone "${zone.slice(0, 60)}". ${found ? `Write ${found}.` : remedyFor(zone)}`,
    { code: 'invalid_time_zone', field: 'timezone' },
  )
}

function identifierOf(zone: string): string | undefined {
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone).timeZoneId
  } catch {
    return undefined
  }
}

function remedyFor(zone: string): string {
  const offset = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?00)?$/.exec(zone)
  // In the names of Etc the sign is that of POSIX, west of Greenwich positive.
  if (offset)
    return `For a fixed distance from UTC write Etc/GMT${offset[1] === '+' ? '-' : '+'}${Number(offset[2])}.`
  return 'Write a name of the IANA time-zone database, such as Europe/Berlin, or UTC.'
}
