import { quote } from './imports.ts'
import { linkParts } from './linked-parts.ts'

/** What a script or library imports of other scripts: by specifier, the place in the list of libraries. */
export type LibraryImports = Readonly<Record<string, number>>

export interface CodePart {
  /** As `compileScript` gives it. */
  code: string
  imports: LibraryImports
}

export interface LinkOptions {
  main: CodePart
  /** Each after those that it imports. */
  libraries: readonly CodePart[]
  /** As `validatorCode` gives them; null where there is no schema. */
  input: string | null
  output: string | null
}

export interface LinkedCode {
  code: string
  /** Empty where nothing was put to the script's own code; else of the script's own part, and then of each library, where in the code its line 1 lies (see `compileScript`). */
  places: Place[]
}

export interface Place {
  /** The line that V8 counts for line 1, with the offset of -1. */
  firstLine: number
  lines: number
}

/**
 * Puts a script, its libraries and its schemas into one function of the same kind as `compileScript`'s.
 *
 * The script's own part comes first and keeps its lines; each library's lines follow further down, column
 * for column, and `places` says where, so that a stack trace can name the library's own file and line.
 */
export function linkScript({ main, libraries, input, output }: LinkOptions): LinkedCode {
  const hasSchema = input !== null || output !== null
  if (libraries.length === 0 && !hasSchema) return { code: main.code, places: [] }

  const places = [placeAt(main, 1)]
  let text = `(($main, $link) => $link($main))(${main.code}\n,($main) => (${linkParts})({ body: $main, imports: ${importsText(main)} }, [`
  let line = linesIn(text)
  for (const library of libraries) {
    // The part's own header stands on this line, its line 1 on the next.
    places.push(placeAt(library, line))
    const part = `{ imports: ${importsText(library)}, body: ${library.code}\n},`
    text += part
    line += linesIn(part) - 1
  }
  const validators = `{ input: ${input}, output: ${output} }`
  return { code: `${text}], ${hasSchema ? validators : 'null'}))`, places }
}

function importsText({ imports }: CodePart): string {
  const entries = Object.entries(imports).map(([specifier, index]) => `${quote(specifier)}: ${index}`)
  return `{ ${['__proto__: null', ...entries].join(', ')} }`
}

/** `compileScript` puts one line before the source and one after it. */
function placeAt({ code }: CodePart, firstLine: number): Place {
  return { firstLine, lines: linesIn(code) - 2 }
}

function linesIn(text: string): number {
  return (text.match(/[\n\u2028\u2029]/g)?.length ?? 0) + 1
}
