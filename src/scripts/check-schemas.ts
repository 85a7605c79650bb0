import { type Finding, printable } from './finding.ts'
import { SchemaRefusedError, validatorCode } from './json-schema.ts'
import type { JsonSchema, SchemaFault } from './schema-hazards.ts'

export interface Schemas {
  inputSchema?: JsonSchema | null | undefined
  outputSchema?: JsonSchema | null | undefined
}

const fields = { inputSchema: 'input_schema', outputSchema: 'output_schema' } as const

/** Whether validators can be made of a script's schemas. */
export function checkSchemas(schemas: Schemas): Finding[] {
  return (['inputSchema', 'outputSchema'] as const).flatMap((name) =>
    checkSchema(fields[name], schemas[name]),
  )
}

function checkSchema(field: string, schema: JsonSchema | null | undefined): Finding[] {
  if (schema === null || schema === undefined) return []
  try {
    validatorCode(schema)
    return []
  } catch (error) {
    if (error instanceof SchemaRefusedError) return [schemaFinding(field, error.fault)]
    throw error
  }
}

/** What is wrong with a schema, for the reader of the script's check. */
export function schemaFinding(field: string, { code, path, reason }: SchemaFault): Finding {
  return { severity: 'error', code, message: printable(`${field}${path}: ${reason}.`) }
}
