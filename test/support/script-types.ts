import { join } from 'node:path'
import ts from 'typescript'

const declarations = join(import.meta.dirname, '../../types/pgscript.d.ts')
export const scriptPath = '/script.ts'
const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ESNext,
  lib: ['lib.esnext.d.ts'],
  types: [],
  strict: true,
  noEmit: true,
}
const host = ts.createCompilerHost(options)
const libraryFiles = new Map<string, ts.SourceFile | undefined>()

/** A script together with the declarations of what it may import. */
export function programOf(source: string, changed: ts.CompilerOptions = {}): ts.Program {
  return ts.createProgram(
    [declarations, scriptPath],
    { ...options, ...changed },
    {
      ...host,
      fileExists: (path) => path === scriptPath || host.fileExists(path),
      getSourceFile(path, version) {
        if (path === scriptPath) return ts.createSourceFile(path, source, version, true)
        if (!libraryFiles.has(path)) libraryFiles.set(path, host.getSourceFile(path, version))
        return libraryFiles.get(path)
      },
    },
  )
}

/** What TypeScript finds wrong with a script. */
export function complaints(source: string, changed: ts.CompilerOptions = {}): string[] {
  return ts
    .getPreEmitDiagnostics(programOf(source, changed))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))
}
