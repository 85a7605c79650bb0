import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Ajv, AnySchema, Options } from 'ajv'

import { type JsonSchema, type SchemaFault, schemaHazard } from './schema-hazards.ts'

// A validator is made here, in a process that may be killed, as text; it runs in the isolate of the
// execution, under that execution's limits. So a schema that is made to be slow, or a pattern that
// backtracks for hours, costs its own author's processor time, and nothing of it ever runs in the node.

/** The largest validator; a schema of 64 KB makes a tenth of it, unless it was made to make more. */
const mostCode = 1_048_576

const load = createRequire(import.meta.url)

/** A schema that no validator can be made of, and why. */
export class SchemaRefusedError extends Error {
  override readonly name = 'SchemaRefusedError'
  readonly fault: SchemaFault

  constructor(fault: SchemaFault) {
    super(fault.reason)
    this.fault = fault
  }
}

/**
 * The text of an expression whose value judges one value by a JSON Schema (2020-12, or draft-07 where
 * `$schema` says so): null where it fits, else the first complaints in Ajv's form.
 *
 * @throws {SchemaRefusedError}
 */
export function validatorCode(schema: JsonSchema): string {
  const hazard = schemaHazard(schema)
  if (hazard) throw new SchemaRefusedError(hazard)
  try {
    const ajv = makeAjv(schema)
    requireValid(ajv, schema)
    const validate = ajv.compile(schema as AnySchema)
    tryOut(validate)
    const standalone: (ajv: Ajv, validate: unknown) => string = load('ajv/dist/standalone')
    return expressionOf(standalone(ajv, validate))
  } catch (error) {
    throw new SchemaRefusedError(faultOf(error))
  }
}

function makeAjv(schema: JsonSchema): Ajv {
  const dialect = typeof schema === 'object' ? schema.$schema : undefined
  const isDraft07 =
    typeof dialect === 'string' && /^https?:\/\/json-schema\.org\/draft-07\/schema#?$/.test(dialect)
  const Class: new (options: Options) => Ajv = load(isDraft07 ? 'ajv' : 'ajv/dist/2020').default
  const options: Options = {
    strict: false,
    logger: false,
    inlineRefs: false,
    // What every object inherits, such as `constructor`, is not among the properties of an input.
    ownProperties: true,
    // 19.99 is a multiple of 0.01, though a division of the two leaves something over.
    multipleOfPrecision: 8,
    code: { source: true },
  }
  const ajv = new Class(options)
  load('ajv-formats').default(ajv)
  return ajv
}

/** Whether values are judged by a format; others are, as the standard has it, remarks for people. */
export function isKnownFormat(format: string): boolean {
  const { fullFormats } = load('ajv-formats/dist/formats') as { fullFormats: object }
  return Object.hasOwn(fullFormats, format)
}

/** The dialects that there are, and where a schema breaks the rules of its own. */
function requireValid(ajv: Ajv, schema: JsonSchema): void {
  const dialect = typeof schema === 'object' ? schema.$schema : undefined
  if (dialect !== undefined && (typeof dialect !== 'string' || !ajv.getSchema(dialect))) {
    const reason =
      'must be "https://json-schema.org/draft/2020-12/schema" or "http://json-schema.org/draft-07/schema#"; leave it out for the first'
    throw new SchemaRefusedError({ code: 'invalid_schema', path: '/$schema', reason })
  }
  if (ajv.validateSchema(schema as AnySchema) === true) return
  const [error] = ajv.errors ?? []
  const { instancePath: path = '', message: reason = 'is no schema', params = {} } = error ?? {}
  const allowed = Array.isArray(params.allowedValues) ? `: ${params.allowedValues.join(', ')}` : ''
  throw new SchemaRefusedError({ code: 'invalid_schema', path, reason: `${reason}${allowed}` })
}

/** A schema that refers to itself without getting on would never come to an end. */
function tryOut(validate: (value: unknown) => unknown): void {
  for (const value of [null, 0, '', false, [], {}]) validate(value)
}

/** Each helper with the name under which the validator asks for it. */
const helpers = [
  'ajv/dist/runtime/ucs2length',
  'ajv/dist/runtime/equal',
  'fast-deep-equal',
  'ajv-formats/dist/formats',
]

function expressionOf(validator: string): string {
  if (validator.length > mostCode) {
    throw new SchemaRefusedError({
      code: 'schema_too_complex',
      path: '',
      reason: 'makes too large a validator',
    })
  }
  const needed = helpers.filter(
    (name) => validator.includes(name) || (name === 'fast-deep-equal' && validator.includes('runtime/equal')),
  )
  const modules = needed.map(
    (name) => `${JSON.stringify(name)}: (require, module, exports) => {${textOf(name)}\n}`,
  )
  return `(() => {
const modules = {__proto__: null, ${modules.join(',\n')}};
const require = (name) => {
  const module = { exports: {} };
  modules[name](require, module, module.exports);
  return module.exports;
};
const module = {};
${validator}
const validate = module.exports;
return (value) => (validate(value) ? null : validate.errors);
})()`
}

const texts = new Map<string, string>()

function textOf(name: string): string {
  const text =
    texts.get(name) ?? readFileSync(load.resolve(name), 'utf8').replace(/\/\/# sourceMappingURL.*/g, '')
  texts.set(name, text)
  return text
}

function faultOf(error: unknown): SchemaFault {
  if (error instanceof SchemaRefusedError) return error.fault
  if (error instanceof RangeError) {
    const reason = 'refers to itself without end, or is nested too deeply'
    return { code: 'schema_too_complex', path: '', reason }
  }
  const reason = error instanceof Error ? error.message : String(error)
  return {
    code: 'invalid_schema',
    path: '',
    reason: reason.replace(/^schema is invalid: data/, 'schema').slice(0, 300),
  }
}
