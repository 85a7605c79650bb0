import { Script } from 'node:vm'
import MagicString from 'magic-string'

import { blank, type OurNames, type RewrittenExports, rewriteExports } from './exports.ts'
import { refusal, ScriptRefusedError, tooDeeplyNested } from './finding.ts'
import { type ImportedModule, importBindings, importDeclarations, quote, readImport } from './imports.ts'
import { inspectModule } from './inspect.ts'
import { type JavaScriptModule, readModule, type ScriptLanguage } from './language.ts'

export interface CompileOptions {
  /** As `normalizeSource` gives it. */
  source: string
  /** The name that stack traces show. */
  fileName: string
  language?: ScriptLanguage | undefined
}

export interface CompiledScript {
  /** An async function expression of `($import, $exports)`; each call evaluates the module anew. */
  code: string
  exports: string[]
  imports: ImportedModule[]
  /** The modules whose every export, but the default one, is exported too (`export * from`). */
  passedOn: string[]
  language: ScriptLanguage
}

/**
 * Makes of an ES module the text of a function that evaluates it.
 *
 * Everything of ours is in the lines before and after: line n, column c of the source is line n + 1,
 * column c of the code (evaluate it with a line offset of -1). `$import(specifier)` must return the
 * module's exports at once; `$exports` holds the script's own when the promise is fulfilled.
 *
 * @throws {ScriptRefusedError} with findings that name the place, the reason and the remedy.
 */
export function compileScript(options: CompileOptions): CompiledScript {
  return compileModule(options, readModule(options.source, options.language))
}

/** As `compileScript`, of a source that was read already. */
export function compileModule(
  options: Omit<CompileOptions, 'language'>,
  module: JavaScriptModule,
): CompiledScript {
  const { program, javascript, language } = module
  const { names, findings } = inspectModule(javascript, program)
  if (findings.length > 0) throw new ScriptRefusedError(findings)
  const ours = ourNames(names)
  const { importer, exporter, holder } = ours

  const text = new MagicString(javascript)
  silenceMagicComments(text, module)
  const declarations = importDeclarations(program)
  const declared = declarations.map((declaration) => readImport(javascript, declaration))
  for (const { start, end } of declarations) blank(text, start, end)
  const exported = rewriteExports(text, program, ours)

  const imports = [...declared, ...exported.imports].sort((a, b) => a.start - b.start)
  const bindings = imports.map((imported) => importBindings(imported, importer))
  const variable = exported.holderIsDeclared ? '' : `let ${holder}; `
  const code = [
    `(async function (${importer}, ${exporter}) { "use strict"; ${variable}${bindings.join(' ')}`,
    text.toString(),
    `;${assignments(exported, exporter, holder)}})`,
  ].join('\n')
  requireThatV8Agrees(code, options)
  return {
    code,
    exports: exported.bindings.map((binding) => binding.exported),
    imports,
    passedOn: exported.passedOn.map(({ specifier }) => specifier),
    language,
  }
}

interface TransformNames extends OurNames {
  importer: string
  exporter: string
}

function ourNames(taken: ReadonlySet<string>): TransformNames {
  let count = 0
  const fresh = () => {
    count += 1
    return unused(`$from${count}`, taken)
  }
  const [importer = '', exporter = '', holder = ''] = ['$import', '$exports', '$main'].map((name) =>
    unused(name, taken),
  )
  return { importer, exporter, holder, fresh }
}

/** A name that the script does not use: `$import`, `$import_1`, … */
function unused(name: string, taken: ReadonlySet<string>): string {
  let candidate = name
  for (let suffix = 1; taken.has(candidate); suffix += 1) candidate = `${name}_${suffix}`
  return candidate
}

/**
 * A hashbang may only open a file, and ours does not begin with the author's line. `//# sourceURL=…`
 * would rename the script in stack traces, by which errors are mapped back to it.
 */
function silenceMagicComments(text: MagicString, { javascript, comments }: JavaScriptModule): void {
  if (javascript.startsWith('#!')) text.overwrite(0, 2, '//')
  for (const { type, value, start } of comments) {
    if (type === 'Line' && /^[#@]/.test(value)) text.overwrite(start + 2, start + 3, ' ')
  }
}

function assignments(
  { bindings, passedOn, defaultIsAnonymous }: RewrittenExports,
  exporter: string,
  holder: string,
): string {
  const statements = bindings.map(({ exported, local }) => `${exporter}[${quote(exported)}] = ${local};`)
  if (defaultIsAnonymous) {
    // `({}).constructor`, for the script may have an `Object` of its own.
    const name = '"name", { value: "default", configurable: true }'
    statements.unshift(`({}).constructor.defineProperty(${holder}, ${name});`)
  }
  // After the script's own, which come first where names are equal.
  for (const { local } of passedOn) {
    statements.push(
      `for (const $key in ${local}) if ($key !== "default" && !($key in ${exporter})) ${exporter}[$key] = ${local}[$key];`,
    )
  }
  return statements.join(' ')
}

/** Our parser and V8 may differ in a corner; better found at save than at run. Nothing is executed. */
function requireThatV8Agrees(code: string, { source, fileName }: Omit<CompileOptions, 'language'>): void {
  try {
    new Script(code, { filename: fileName, lineOffset: -1 })
  } catch (error) {
    if (error instanceof RangeError) throw new ScriptRefusedError([tooDeeplyNested])
    if (!(error instanceof SyntaxError)) throw error
    throw refusal(source, 0, 'syntax_error', error.message.slice(0, 300))
  }
}
