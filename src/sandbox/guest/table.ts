import type { Library } from './library.ts'
import type { Primordials } from './primordials.ts'

/** `console.table`: rows and columns, as Node.js draws them; undefined for what is no table. */
export function createTable(p: Primordials, library: Library) {
  const { inspect } = library.load('inspect')
  const mostRows = 1000

  const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
  const shown = (value: unknown) =>
    inspect(value, { depth: isObject(value) && !p.arrayIsArray(value) && p.keys(value).length > 2 ? -1 : 0 })

  interface Row {
    index: string
    cells: Map<string, string>
    /** Of a row that has no columns. */
    value: string | undefined
  }

  function rowOf(index: string, value: unknown, columns: string[] | undefined): Row {
    if (!isObject(value)) return { index, cells: new Map(), value: shown(value) }
    const keys = columns ?? p.keys(value)
    const record = value as Record<string, unknown>
    const cells = keys
      .filter((key) => Object.hasOwn(record, key))
      .map((key) => [key, shown(record[key])] as const)
    return { index, cells: new Map(cells), value: undefined }
  }

  function rowsOf(data: object, columns: string[] | undefined): { first: string; rows: Row[] } {
    if (data instanceof Map) {
      const rows = [...data].map(([key, value], index) => {
        const row = rowOf(`${index}`, undefined, columns)
        row.cells = new Map([['Key', shown(key)]])
        return { ...row, value: shown(value) }
      })
      return { first: '(iteration index)', rows }
    }
    if (data instanceof Set) {
      const rows = [...data].map((value, index) => ({
        ...rowOf(`${index}`, 0, columns),
        value: shown(value),
      }))
      return { first: '(iteration index)', rows }
    }
    const record = data as Record<string, unknown>
    return {
      first: '(index)',
      rows: p
        .keys(data)
        .slice(0, mostRows)
        .map((key) => rowOf(key, record[key], columns)),
    }
  }

  function draw(head: string[], rows: string[][]): string {
    const widths = head.map(
      (name, column) =>
        rows.reduce((width, row) => p.max(width, (row[column] ?? '').length), name.length) + 2,
    )
    const line = (cells: string[]) =>
      `│${widths.map((width, column) => ` ${cells[column] ?? ''}`.padEnd(width)).join('│')}│`
    const rule = (from: string, between: string, to: string) =>
      from + widths.map((width) => '─'.repeat(width)).join(between) + to
    return [
      rule('┌', '┬', '┐'),
      line(head),
      rule('├', '┼', '┤'),
      ...rows.map(line),
      rule('└', '┴', '┘'),
    ].join('\n')
  }

  function table(data: unknown, columns: unknown): string | undefined {
    if (!isObject(data)) return undefined
    const { first, rows } = rowsOf(
      data,
      p.arrayIsArray(columns) ? columns.map((name) => p.toText(name)) : undefined,
    )
    const names = new Set(rows.flatMap(({ cells }) => [...cells.keys()]))
    const hasValues = rows.some(({ value }) => value !== undefined)
    const head = [first, ...names, ...(hasValues ? ['Values'] : [])]
    return draw(
      head,
      rows.map(({ index, cells, value }) => [
        index,
        ...[...names].map((name) => cells.get(name) ?? ''),
        value ?? '',
      ]),
    )
  }
  return { table }
}
