import type { Library } from '../library.ts'
import type { Primordials } from '../primordials.ts'

/** https://xhr.spec.whatwg.org/#interface-formdata */
export function createFormData(_p: Primordials, library: Library) {
  const { declare } = library.load('interfaces')
  const { Blob, File } = library.load('blob')
  type Entry = [string, string | InstanceType<typeof File>]

  function entryOf(method: string, given: unknown[]): Entry {
    if (given.length < 2)
      throw new TypeError(`FormData.${method}: 2 arguments required, but only ${given.length} found.`)
    const [name, value, fileName] = given
    const key = `${name}`.toWellFormed()
    if (given.length > 2 && !(value instanceof Blob))
      throw new TypeError(`FormData.${method}: a value with a file name must be a Blob.`)
    if (!(value instanceof Blob)) return [key, `${value}`.toWellFormed()]
    if (value instanceof File && fileName === undefined) return [key, value]
    const { type } = value
    const named = fileName ?? (value instanceof File ? value.name : 'blob')
    return [key, new File([value], named, { type })]
  }

  class FormData {
    #entries: Entry[] = []

    constructor(form?: unknown) {
      if (form !== undefined) throw new TypeError('FormData: there is no form element here.')
    }

    append(...given: unknown[]): void {
      this.#entries.push(entryOf('append', given))
    }

    delete(name: unknown): void {
      this.#entries = this.#entries.filter(([key]) => key !== `${name}`)
    }

    get(name: unknown): Entry[1] | null {
      return this.#entries.find(([key]) => key === `${name}`)?.[1] ?? null
    }

    getAll(name: unknown): Entry[1][] {
      return this.#entries.filter(([key]) => key === `${name}`).map(([, value]) => value)
    }

    has(name: unknown): boolean {
      return this.#entries.some(([key]) => key === `${name}`)
    }

    set(...given: unknown[]): void {
      const entry = entryOf('set', given)
      const index = this.#entries.findIndex(([key]) => key === entry[0])
      if (index < 0) this.#entries.push(entry)
      else
        this.#entries = this.#entries.flatMap((known, at): Entry[] => {
          if (at === index) return [entry]
          return known[0] === entry[0] ? [] : [known]
        })
    }

    forEach(callback: (value: Entry[1], name: string, form: FormData) => unknown, self?: unknown): void {
      for (const [name, value] of this.#entries) callback.call(self, value, name, this)
    }

    *entries(): Generator<Entry> {
      for (const [name, value] of this.#entries) yield [name, value]
    }

    *keys(): Generator<string> {
      for (const [name] of this.#entries) yield name
    }

    *values(): Generator<Entry[1]> {
      for (const [, value] of this.#entries) yield value
    }

    [Symbol.iterator](): Generator<Entry> {
      return this.entries()
    }
  }
  declare(FormData)
  return { FormData }
}
