type Importer = (specifier: string) => object
type Body = (importModule: Importer, exports: Exports) => Promise<void>
type Exports = Record<string, unknown>

export interface Part {
  body: Body
  /** By specifier the place of a library in the list; of what is not there the sandbox knows. */
  imports: Record<string, number | undefined>
}

interface Complaint {
  instancePath: string
  message?: string
  params?: { additionalProperty?: unknown; allowedValues?: unknown; allowedValue?: unknown }
}

/** Null where the value fits. */
type Validator = (value: unknown) => Complaint[] | null

export interface Validators {
  input: Validator | null
  output: Validator | null
}

interface Internals {
  coded(code: string, message: string, retryable: boolean): Error
  /** As it would be recorded; throws where that cannot be. */
  recorded(value: unknown): unknown
}

/**
 * Runs in the isolate, as its own text: makes one body of a script, its libraries and its schemas. Each
 * library is evaluated once an execution, before what imports it; the script itself only when its input
 * has been found to fit. Nothing of an author's has run when this begins, so plain JavaScript will do
 * until then; afterwards only what was taken before.
 */
export function linkParts(main: Part, libraries: Part[], validators: Validators | null): Body {
  const { freeze, defineProperty } = Object
  const { stringify } = JSON

  async function evaluate(importModule: Importer, exports: Exports): Promise<void> {
    const loaded: object[] = []
    const importerOf = (imports: Part['imports']) => (specifier: string) => {
      const index = imports[specifier]
      return index === undefined ? importModule(specifier) : (loaded[index] as object)
    }
    for (let index = 0; index < libraries.length; index += 1) {
      const { body, imports } = libraries[index] as Part
      const own = { __proto__: null } as unknown as Exports
      await body(importerOf(imports), own)
      // Defined, not assigned: an author may have put a setter where arrays look.
      defineProperty(loaded, index, { value: freeze(own) })
    }
    await main.body(importerOf(main.imports), exports)
  }

  function check(
    validator: Validator | null,
    value: unknown,
    which: 'input' | 'output',
    { coded }: Internals,
  ): void {
    if (validator === null) return
    const code = which === 'input' ? 'input_mismatch' : 'output_mismatch'
    let complaints: Complaint[] | null
    try {
      complaints = validator(value)
    } catch (thrown) {
      const reason = thrown instanceof RangeError ? 'it is nested too deeply' : 'its schema cannot be applied'
      throw coded(code, `The ${which} could not be checked against its schema: ${reason}.`, false)
    }
    if (complaints !== null) {
      throw coded(code, `The ${which} does not match its schema: ${describe(complaints, which)}.`, false)
    }
  }

  function describe(complaints: Complaint[], which: string): string {
    let text = ''
    for (let index = 0; index < complaints.length && index < 3; index += 1) {
      const { instancePath, message, params } = complaints[index] as Complaint
      const allowed = params?.allowedValues ?? params?.allowedValue ?? params?.additionalProperty
      const detail = allowed === undefined ? '' : `: ${(stringify(allowed) ?? '').slice(0, 200)}`
      text += `${index > 0 ? '; ' : ''}${which}${instancePath.slice(0, 300)} ${message}${detail}`
    }
    return text
  }

  if (validators === null) return evaluate
  const { input: inputValidator, output: outputValidator } = validators
  return async function body(importModule, exports) {
    const internals = importModule('pgscript:internals') as Internals
    exports.default = async (input: unknown, context: unknown) => {
      check(inputValidator, input, 'input', internals)
      const own = { __proto__: null } as unknown as Exports
      await evaluate(importModule, own)
      if (typeof own.default !== 'function') {
        const what = own.default === null ? 'null' : typeof own.default
        const message = `The script has no default export that is a function; it is ${what}. Write \`export default async function (input, context) { … }\`.`
        throw internals.coded('no_default_export', message, false)
      }
      const output: unknown = await own.default(input, context)
      if (outputValidator === null) return output
      const plain = internals.recorded(output)
      check(outputValidator, plain, 'output', internals)
      return plain
    }
  }
}
