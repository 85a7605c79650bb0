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
  if (language === 'javascript') return { ...parseModule(source), javascript: source, language }
  if (language === 'typescript') return readTypeScript(source)
  try {
    return readModule(source, 'javascript')
  } catch (error) {
    if (!(error instanceof ScriptRefusedError)) throw error
    return readTypeScriptAfter(error, source)
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
