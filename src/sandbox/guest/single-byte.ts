/**
 * The encodings of one byte a character, as a module of the guest: their labels and what their upper half stands
 * for. Made of what this Node.js knows, when it is first asked for: https://encoding.spec.whatwg.org/#legacy-single-byte-encodings
 */
const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)

const labels = [
  ...numbers(1, 16).flatMap((n) => [`iso-8859-${n}`, `iso8859-${n}`, `iso8859${n}`, `iso_8859-${n}`]),
  ...numbers(1250, 1258).flatMap((n) => [`windows-${n}`, `cp${n}`, `x-cp${n}`]),
  ...numbers(1, 6).flatMap((n) => [`latin${n}`, `l${n}`, `csisolatin${n}`]),
  ...['latin9', 'l9', 'csisolatin9', 'iso-8859-8-i', 'logical', 'csiso88598i', 'visual', 'iso-8859-8-e'],
  ...['ascii', 'us-ascii', 'ansi_x3.4-1968', 'cp819', 'ibm819', 'iso-ir-100', 'iso_8859-1:1987'],
  ...['arabic', 'csisolatinarabic', 'ecma-114', 'asmo-708', 'iso-ir-127', 'cyrillic', 'csisolatincyrillic'],
  ...[
    'greek',
    'greek8',
    'csisolatingreek',
    'ecma-118',
    'elot_928',
    'hebrew',
    'csisolatinhebrew',
    'iso-ir-144',
  ],
  ...[
    'koi',
    'koi8',
    'koi8_r',
    'koi8-r',
    'cskoi8r',
    'koi8-u',
    'koi8-ru',
    '866',
    'cp866',
    'csibm866',
    'ibm866',
  ],
  ...['macintosh', 'mac', 'x-mac-roman', 'csmacintosh', 'x-mac-cyrillic', 'x-mac-ukrainian'],
  ...['windows-874', 'dos-874', 'tis-620', 'iso-8859-11'],
]

export function singleByteText(): string {
  const upper = Uint8Array.from(numbers(0x80, 0xff))
  const names: Record<string, string> = {}
  const tables: Record<string, string> = {}
  for (const label of labels) {
    try {
      const decoder = new TextDecoder(label)
      names[label] = decoder.encoding
      tables[decoder.encoding] ??= decoder.decode(upper)
    } catch {
      // A Node.js without it, or a name that the standard does not have, such as latin8.
    }
  }
  return `() => ({ names: ${JSON.stringify(names)}, tables: ${JSON.stringify(tables)} })`
}
