import type { Library } from '../library.ts'
import type { Primordials } from '../primordials.ts'

/** multipart/form-data, written and read: RFC 7578, with the escapes of the HTML standard. */
export function createMultipart(_p: Primordials, library: Library) {
  const utf8 = library.load('utf8')
  const { join } = library.load('bytes')
  const { File, bytesOf } = library.load('blob')
  const { FormData } = library.load('formData')
  const quoteName = (name: string) => name.replace(/\r\n?|\n/g, '%0D%0A').replaceAll('"', '%22')
  const unquoteName = (name: string) =>
    name.replace(/%0D%0A|%22/gi, (text) => (text === '%22' ? '"' : '\r\n'))

  function write(form: InstanceType<typeof FormData>, boundary: string): Uint8Array<ArrayBuffer> {
    const parts: Uint8Array[] = []
    for (const [name, value] of form) {
      const head = `--${boundary}\r\nContent-Disposition: form-data; name="${quoteName(name)}"`
      if (typeof value === 'string') {
        const text = value.replace(/\r\n?|\n/g, '\r\n')
        parts.push(utf8.encode(`${head}\r\n\r\n${text}\r\n`))
        continue
      }
      const type = value.type || 'application/octet-stream'
      const fileName = quoteName(value.name)
      parts.push(utf8.encode(`${head}; filename="${fileName}"\r\nContent-Type: ${type}\r\n\r\n`))
      parts.push(bytesOf(value), utf8.encode('\r\n'))
    }
    parts.push(utf8.encode(`--${boundary}--\r\n`))
    return join(parts)
  }

  function indexOf(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
    const first = wanted[0] as number
    for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
      let same = 1
      while (same < wanted.length && bytes[at + same] === wanted[same]) same += 1
      if (same === wanted.length) return at
    }
    return -1
  }

  function addPart(form: InstanceType<typeof FormData>, part: Uint8Array): void {
    const gap = indexOf(part, utf8.encode('\r\n\r\n'), 0)
    if (gap < 0) throw new TypeError('Failed to parse body as FormData.')
    const head = utf8.decodeAll(part.subarray(0, gap))
    const body = part.subarray(gap + 4)
    const name = /^content-disposition:[^\r\n]*?[; ]name="([^"\r\n]*)"/im.exec(head)?.[1]
    if (name === undefined) throw new TypeError('Failed to parse body as FormData.')
    const fileName = /^content-disposition:[^\r\n]*?[; ]filename="([^"\r\n]*)"/im.exec(head)?.[1]
    const type = /^content-type:[ \t]*([^\r\n]*)/im.exec(head)?.[1] ?? 'text/plain'
    if (fileName === undefined) form.append(unquoteName(name), utf8.decodeAll(body))
    else form.append(unquoteName(name), new File([body], unquoteName(fileName), { type }))
  }

  function read(bytes: Uint8Array, contentType: string): InstanceType<typeof FormData> {
    const [, quoted, plain] = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType) ?? []
    const boundary = quoted ?? plain
    if (boundary === undefined) throw new TypeError('Failed to parse body as FormData.')
    const form = new FormData()
    const mark = utf8.encode(`\r\n--${boundary}`)
    // The first mark has no line end before it.
    const whole = join([utf8.encode('\r\n'), bytes])
    let at = indexOf(whole, mark, 0)
    while (at >= 0) {
      const start = at + mark.length
      if (whole[start] === 45 && whole[start + 1] === 45) return form
      const end = indexOf(whole, mark, start)
      if (end < 0) break
      addPart(form, whole.subarray(start + 2, end))
      at = end
    }
    throw new TypeError('Failed to parse body as FormData.')
  }

  return { write, read }
}
