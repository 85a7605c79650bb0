// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not reach a terminal
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g

/** What scripts write may hold sequences that a terminal obeys; those are for files and programs only. */
export function forTerminal(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(controls, '\ufffd')
}

/** A line that points below a column, from 1, of another: as wide, whatever tabs it has. */
export function caretBelow(text: string, column: number): string {
  return `${text.slice(0, column - 1).replace(/[^\t]/g, ' ')}^`
}
