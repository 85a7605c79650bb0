import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { buffer } from 'node:stream/consumers'

import { ConfigurationError } from '../errors.ts'

/** The text of a script's file, or of standard input for `-`. */
export async function readScriptFile(command: string, file: string): Promise<string> {
  if (file !== '-' && !['.js', '.mjs', '.ts', '.mts'].includes(extname(file))) {
    throw new ConfigurationError(
      `${command}: ${file} is not a script; its name must end in .js, .mjs, .ts or .mts.`,
    )
  }
  return file === '-'
    ? decoded(command, 'standard input', await buffer(process.stdin))
    : await readAnyFile(command, file)
}

export async function readAnyFile(command: string, file: string): Promise<string> {
  try {
    const bytes = await readFile(file)
    return decoded(command, file, bytes)
  } catch (error) {
    if (error instanceof ConfigurationError) throw error
    const reason = error instanceof Error ? error.message : error
    throw new ConfigurationError(`${command}: ${file} cannot be read (${reason}).`, { cause: error })
  }
}

/** Another decoder would put U+FFFD where it cannot read, and the script would hold what nobody wrote. */
function decoded(command: string, file: string, bytes: Uint8Array): string {
  try {
    // The mark is left to the check, which takes it away.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    throw new ConfigurationError(`${command}: ${file} is no text in UTF-8. Save it in that encoding.`, {
      cause: error,
    })
  }
}
