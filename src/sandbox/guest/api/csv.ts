/** RFC 4180, with any one-character separator. Uses nothing of the guest. */
export function createCsv() {
  interface CsvOptions {
    delimiter?: string
    /** The first line names the columns, and rows are objects. */
    header?: boolean
  }

  function delimiterOf({ delimiter = ',' }: CsvOptions): string {
    if (typeof delimiter !== 'string' || delimiter.length !== 1 || '"\r\n'.includes(delimiter))
      throw new TypeError('csv: the delimiter must be one character, and no quote or line end.')
    return delimiter
  }

  function linesOf(text: string, delimiter: string): string[][] {
    const rows: string[][] = []
    let row: string[] = []
    const separator = delimiter.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
    const field = new RegExp(
      `(?:"((?:[^"]|"")*)"|((?!")[^${separator === '^' ? '\\^' : separator}\\r\\n]*))(${separator}|\\r?\\n|\\r|$)`,
      'y',
    )
    while (field.lastIndex < text.length || (row.length > 0 && text.endsWith(delimiter))) {
      const at = field.lastIndex
      const match = field.exec(text)
      if (match === null)
        throw new SyntaxError(
          `csv: line ${rows.length + 1} has a quote that does not end its field (at ${at}).`,
        )
      row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '')
      if (match[3] === delimiter) {
        if (field.lastIndex < text.length) continue
        row.push('')
      }
      rows.push(row)
      row = []
      if (field.lastIndex >= text.length) break
    }
    return rows
  }

  function parse(given: unknown, options: CsvOptions = {}): unknown[] {
    const text = `${given}`.replace(/^\ufeff/, '')
    const rows = linesOf(text, delimiterOf(options)).filter((row) => row.length > 1 || row[0] !== '')
    if (options.header === false) return rows
    const [names = [], ...rest] = rows
    return rest.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index] ?? ''])))
  }

  function textOf(value: unknown): string {
    if (value === undefined || value === null) return ''
    if (value instanceof Date) return value.toISOString()
    return typeof value === 'object' ? JSON.stringify(value) : String(value)
  }

  function format(rows: readonly unknown[], options: CsvOptions & { columns?: string[] } = {}): string {
    const delimiter = delimiterOf(options)
    const quoted = (value: unknown) => {
      const text = textOf(value)
      const needsQuotes = text.includes('"') || text.includes(delimiter) || /[\r\n]|^\s|\s$/.test(text)
      return needsQuotes ? `"${text.replaceAll('"', '""')}"` : text
    }
    const objects = rows.filter((row) => !Array.isArray(row)) as Record<string, unknown>[]
    const names = options.columns ?? [...new Set(objects.flatMap((row) => Object.keys(row)))]
    const lines = rows.map((row) =>
      Array.isArray(row) ? row : names.map((name) => (row as Record<string, unknown>)[name]),
    )
    const all = options.header === false || names.length === 0 ? lines : [names, ...lines]
    return all.map((line) => `${line.map(quoted).join(delimiter)}\r\n`).join('')
  }

  return { parse, format }
}
