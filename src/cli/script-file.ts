import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { text } from 'node:stream/consumers'

import { ConfigurationError } from '../errors.ts'

/** The text of a script's file, or of standard input for `-`. */
export async function readScriptFile(command: string, file: string): Promise<string> {
  if (file !== '-' && !['.js', '.mjs', '.ts', '.mts'].includes(extname(file))) {
    throw new ConfigurationError(
      `${command}: ${file} is not a script; its name must end in .js, .mjs, .ts or .mts.`,
    )
  }
  return file === '-' ? await text(process.stdin) : await readAnyFile(command, file)
}

export async function readAnyFile(command: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const reason = error instanceof Error ? error.message : error
    throw new ConfigurationError(`${command}: ${file} cannot be read (${reason}).`, { cause: error })
  }
}
