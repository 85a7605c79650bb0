import type { ScriptType } from './check-exports.ts'
import { type Finding, mostFindings, printable } from './finding.ts'
import { isKnownFormat, SchemaRefusedError, validatorCode } from './json-schema.ts'
import { formatsOf, type JsonSchema, type SchemaFault } from './schema-hazards.ts'

export interface Schemas {
  inputSchema?: JsonSchema | null | undefined
  outputSchema?: JsonSchema | null | undefined
}

const fields = { inputSchema: 'input_schema', outputSchema: 'output_schema' } as const

/** Whether validators can be made of a script's schemas, and whether its type has a use for them. */
export function checkSchemas(type: ScriptType, schemas: Schemas): Finding[] {
  const findings = (['inputSchema', 'outputSchema'] as const).flatMap((name) =>
    checkSchema(fields[name], schemas[name]),
  )
  const hasSchema = Object.keys(fields).some(
    (name) => (schemas[name as keyof typeof fields] ?? null) !== null,
  )
  if (type !== 'http' || !hasSchema) return findings
  const message =
    'input_schema, output_schema: an http script is given a Request and returns a response, to which they do not apply. Take them away by saving JSON null.'
  return [...findings, { severity: 'error', code: 'schema_not_applicable', message }]
}

function checkSchema(field: string, schema: JsonSchema | null | undefined): Finding[] {
  if (schema === null || schema === undefined) return []
  try {
    validatorCode(schema)
    return unknownFormats(field, schema)
  } catch (error) {
    if (error instanceof SchemaRefusedError) return [schemaFinding(field, error.fault)]
    throw error
  }
}

/** Most are slips, such as `datetime`, by which nothing is checked. */
function unknownFormats(field: string, schema: JsonSchema): Finding[] {
  return formatsOf(schema)
    .filter(({ format }) => !isKnownFormat(format))
    .slice(0, mostFindings)
    .map(({ path, format }) => {
      const message = `${field}${path}: '${format.slice(0, 60)}' is no known format, so nothing is checked by it. Use \`pattern\`, or a format such as date-time, date, email, uri or uuid.`
      return { severity: 'info', code: 'unknown_format', message: printable(message) }
    })
}

/** What is wrong with a schema, for the reader of the script's check. */
export function schemaFinding(field: string, { code, path, reason }: SchemaFault): Finding {
  return { severity: 'error', code, message: printable(`${field}${path}: ${reason}.`) }
}
