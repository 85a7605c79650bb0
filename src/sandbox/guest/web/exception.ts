import type { Library } from '../library.ts'
import type { Primordials } from '../primordials.ts'

/** https://webidl.spec.whatwg.org/#idl-DOMException */
export function createException(p: Primordials, library: Library) {
  const legacyNames = [
    'IndexSizeError',
    '',
    'HierarchyRequestError',
    'WrongDocumentError',
    'InvalidCharacterError',
    '',
    'NoModificationAllowedError',
    'NotFoundError',
    'NotSupportedError',
    'InUseAttributeError',
    'InvalidStateError',
    'SyntaxError',
    'InvalidModificationError',
    'NamespaceError',
    'InvalidAccessError',
    '',
    'TypeMismatchError',
    'SecurityError',
    'NetworkError',
    'AbortError',
    'URLMismatchError',
    'QuotaExceededError',
    'TimeoutError',
    'InvalidNodeTypeError',
    'DataCloneError',
  ]

  class DOMException extends p.Error {
    readonly #name: string

    constructor(message = '', options: string | { name?: string; cause?: unknown } = 'Error') {
      const given = typeof options === 'object' && options !== null ? options : { name: `${options}` }
      super(message, 'cause' in given ? { cause: given.cause } : undefined)
      this.#name = given.name === undefined ? 'Error' : `${given.name}`
    }

    override get name(): string {
      return this.#name
    }

    get code(): number {
      return legacyNames.indexOf(this.#name) + 1
    }
  }

  const constant = (name: string) =>
    name
      .replace('URL', 'Url')
      .replace(/Error$/, '')
      .replace(/(?<=[a-z])[A-Z]/g, '_$&')
      .toUpperCase()
  legacyNames.forEach((name, index) => {
    if (name === '') return
    const property = { value: index + 1, enumerable: true }
    p.defineProperty(DOMException, `${constant(name)}_ERR`, property)
    p.defineProperty(DOMException.prototype, `${constant(name)}_ERR`, property)
  })
  library.load('interfaces').declare(DOMException)
  return { DOMException }
}
