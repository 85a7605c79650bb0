/** The name under which a script stands in stack traces. */
export function fileNameOf(script: { name: string; language: string }): string {
  return `${script.name}.${script.language === 'typescript' ? 'ts' : 'js'}`
}
