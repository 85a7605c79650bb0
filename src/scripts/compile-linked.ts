import { schemaFinding } from './check-schemas.ts'
import { ScriptRefusedError } from './finding.ts'
import { SchemaRefusedError, validatorCode } from './json-schema.ts'
import type { ScriptLanguage } from './language.ts'
import { type LibraryImports, linkScript, type Place } from './link.ts'
import type { JsonSchema } from './schema-hazards.ts'
import { type CompiledScript, type CompileOptions, compileScript } from './transform.ts'

/** A library at one version. */
export interface LibrarySource {
  fileName: string
  source: string
  language: ScriptLanguage
  imports: LibraryImports
}

export interface LinkedCompileOptions extends CompileOptions {
  /** Each after those that it imports. */
  libraries?: readonly LibrarySource[]
  imports?: LibraryImports
  inputSchema?: JsonSchema | null
  outputSchema?: JsonSchema | null
}

export interface LinkedScript extends CompiledScript {
  /** Where the script's own lines lie in the code, and then those of each library. */
  places: Place[]
}

/**
 * As `compileScript`, with the libraries that the script imports and the schemas that its input and output
 * must match.
 *
 * @throws {ScriptRefusedError}
 */
export function compileLinked(options: LinkedCompileOptions): LinkedScript {
  const { libraries = [], imports = {}, inputSchema, outputSchema, ...own } = options
  const main = compileScript(own)
  const parts = libraries.map((library) => ({
    code: compileScript(library).code,
    imports: library.imports,
  }))
  const linked = linkScript({
    main: { code: main.code, imports },
    libraries: parts,
    input: validatorOf('input_schema', inputSchema),
    output: validatorOf('output_schema', outputSchema),
  })
  return { ...main, ...linked }
}

function validatorOf(field: string, schema: JsonSchema | null | undefined): string | null {
  if (schema === null || schema === undefined) return null
  try {
    return validatorCode(schema)
  } catch (error) {
    if (!(error instanceof SchemaRefusedError)) throw error
    throw new ScriptRefusedError([schemaFinding(field, error.fault)])
  }
}
