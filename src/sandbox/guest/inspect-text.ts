import type { Primordials } from './primordials.ts'

/** How texts are quoted and entries laid out in lines when a value is shown: as Node.js does it. */
export function createInspectText(p: Primordials) {
  const breakLength = 80
  const longestText = 10_000
  const names: Record<string, string> = {
    '\b': '\\b',
    '\t': '\\t',
    '\n': '\\n',
    '\f': '\\f',
    '\r': '\\r',
    '\\': '\\\\',
  }

  function escapeOf(char: string): string {
    const code = char.charCodeAt(0)
    if (code >= 0xd800) return `\\u${code.toString(16)}`
    return names[char] ?? (code < 0x20 || code > 0x7e ? `\\x${hex(code)}` : `\\${char}`)
  }
  const hex = (code: number) => code.toString(16).toUpperCase().padStart(2, '0')

  // Called so, for where `exec` is an accessor V8 takes the long way through methods that ask for it.
  const exec = p.uncurry(RegExp.prototype.exec)
  /** Control characters, halves of pairs, and what quotes must escape. */
  const escaped = /[\p{Cc}\p{Cs}\\']/gu
  const anyEscaped = /[\p{Cc}\p{Cs}\\']/u

  /** In the quotes that need no escape, single ones if they can. */
  function quote(text: string): string {
    if (exec(anyEscaped, text) === null) return `'${text}'`
    let mark = "'"
    if (text.includes("'")) {
      if (!text.includes('"')) mark = '"'
      else if (!text.includes('`') && !text.includes('${')) mark = '`'
    }
    return `${mark}${text.replace(escaped, (char) => (char === "'" && mark !== "'" ? char : escapeOf(char)))}${mark}`
  }

  function quoteWithin(text: string, indentation: number): string {
    let trailer = ''
    let shown = text
    if (text.length > longestText) {
      const more = text.length - longestText
      shown = text.slice(0, longestText)
      trailer = `... ${more} more character${more > 1 ? 's' : ''}`
    }
    if (shown.length <= 16 || shown.length <= breakLength - indentation - 4) return quote(shown) + trailer
    const lines = shown.split(/(?<=\n)/).map((line) => quote(line))
    return lines.join(` +\n${' '.repeat(indentation + 2)}`) + trailer
  }

  const plainKey = /^[a-zA-Z_][a-zA-Z_0-9]*$/
  function key(name: string | symbol): string {
    if (typeof name === 'symbol') return p.toText(name)
    if (name === '__proto__') return "['__proto__']"
    return exec(plainKey, name) === null ? quote(name) : name
  }

  /** How many columns items stand in: about as wide together as they are high. */
  function columnsFor(lengths: number[], items: number, indentation: number): number {
    const total = lengths.reduce((sum, length) => sum + length + 2, 0)
    const longest = lengths.reduce((most, length) => p.max(most, length), 0)
    const widest = longest + 2
    const differs = total / widest <= 5 && longest > 6
    if (widest * 3 + indentation >= breakLength || differs) return 1
    const biased = p.max(widest - 3 - (widest - total / items) ** 0.5, 1)
    const square = Math.round((2.5 * biased * lengths.length) ** 0.5 / biased)
    return p.min(square, p.min(p.floor((breakLength - indentation) / widest), 12))
  }

  interface Columns {
    indentation: number
    isNumeric: boolean
    /** Whether the last item only says how many more there are. */
    hasMore: boolean
  }

  /** More than six short items of a list stand in columns. */
  function inColumns(items: string[], { indentation, isNumeric, hasMore }: Columns): string[] {
    const cells = hasMore ? items.slice(0, -1) : items
    const lengths = cells.map(({ length }) => length)
    const columns = columnsFor(lengths, items.length, indentation)
    if (columns <= 1) return items
    const widths = Array.from({ length: columns }, () => 0)
    for (const [index, length] of lengths.entries())
      widths[index % columns] = p.max(widths[index % columns] as number, length)

    const cellText = (cell: string, column: number, isLast: boolean): string => {
      const width = widths[column] as number
      if (isNumeric) return `${cell}${isLast ? '' : ', '}`.padStart(isLast ? width : width + 2)
      return isLast ? cell : `${cell}, `.padEnd(width + 2)
    }
    const rows: string[] = []
    for (let start = 0; start < cells.length; start += columns) {
      const row = cells.slice(start, start + columns)
      rows.push(row.map((cell, column) => cellText(cell, column, column === row.length - 1)).join(''))
    }
    return hasMore ? [...rows, items.at(-1) as string] : rows
  }

  interface Block {
    base: string
    open: string
    close: string
    entries: string[]
    indentation: number
    /** Whether so little is nested in it that it may stand in one line. */
    isShallow: boolean
  }

  function lay({ base, open, close, entries, indentation, isShallow }: Block): string {
    const head = base === '' ? '' : `${base} `
    const start = entries.length * 2 + indentation + open.length + base.length + 10
    const length = entries.reduce((sum, entry) => sum + entry.length, start)
    const inOneLine = entries.join(', ')
    if (isShallow && length <= breakLength && !base.includes('\n') && !inOneLine.includes('\n'))
      return `${head}${open} ${inOneLine} ${close}`
    const line = `\n${' '.repeat(indentation)}`
    return `${head}${open}${line}  ${entries.join(`,${line}  `)}${line}${close}`
  }

  return { quoteWithin, key, inColumns, lay }
}
