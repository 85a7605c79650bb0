import { ScriptRefusedError } from './finding.ts'
import { type ParsedModule, parseModule } from './parse.ts'
import { stripTypes } from './strip-types.ts'

export type ScriptLanguage = 'javascript' | 'typescript'

export interface JavaScriptModule extends ParsedModule {
  /** Of the same length as the source, line by line: types became blanks. */
  javascript: string
  language: ScriptLanguage
}

/**
 * Reads a source as the language it is said to be in; unsaid, as JavaScript if it is that, else as TypeScript.
 *
 * @throws {ScriptRefusedError} where it is neither, with the complaint of the language that got further.
 */
export function readModule(source: string, language?: ScriptLanguage): JavaScriptModule {
  if (language === 'javascript') return readJavaScript(source)
  if (language === 'typescript') return readTypeScript(source)
  try {
    return { ...parseModule(source), javascript: source, language: 'javascript' }
  } catch (error) {
    if (!(error instanceof ScriptRefusedError)) throw error
    return readTypeScriptAfter(error, source)
  }
}

/** What would do as TypeScript is told so: most who see a complaint about a type only gave the wrong language. */
function readJavaScript(source: string): JavaScriptModule {
  try {
    return { ...parseModule(source), javascript: source, language: 'javascript' }
  } catch (error) {
    const [finding] = error instanceof ScriptRefusedError ? error.findings : []
    if (finding?.code !== 'syntax_error' || !isTypeScript(source)) throw error
    const hint = 'This is TypeScript: name the file .ts, or save it with the language typescript.'
    throw new ScriptRefusedError([{ ...finding, message: `${finding.message} ${hint}` }])
  }
}

function isTypeScript(source: string): boolean {
  try {
    readTypeScript(source)
    return true
  } catch (error) {
    if (error instanceof ScriptRefusedError) return false
    throw error
  }
}

function readTypeScript(source: string): JavaScriptModule {
  const javascript = stripTypes(source)
  return { ...parseModule(javascript), javascript, language: 'typescript' }
}

function readTypeScriptAfter(asJavaScript: ScriptRefusedError, source: string): JavaScriptModule {
  if (asJavaScript.findings[0]?.code === 'too_deeply_nested') throw asJavaScript
  try {
    return readTypeScript(source)
  } catch (error) {
    if (!(error instanceof ScriptRefusedError)) throw error
    const isTypeScript =
      error.findings[0]?.code === 'typescript_not_erasable' || reached(error) > reached(asJavaScript)
    throw isTypeScript ? error : asJavaScript
  }
}

/** How far a parser came, as one number: no line has 2^21 columns, for a source has at most 1 MB. */
function reached({ findings }: ScriptRefusedError): number {
  return (findings[0]?.line ?? 0) * 2 ** 21 + (findings[0]?.column ?? 0)
}
