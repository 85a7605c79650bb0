/** Places in a JSON text, found without parsing it. */
export const quote = 0x22
const backslash = 0x5c
const [zero, nine, minus] = [0x30, 0x39, 0x2d]

/** The place of the quote that ends the string which begins at `start`, or the text's end. */
export function endOfString(json: string, start: number): number {
  let end = json.indexOf('"', start + 1)
  while (end !== -1 && isEscaped(json, end)) end = json.indexOf('"', end + 1)
  return end === -1 ? json.length : end
}

function isEscaped(json: string, at: number): boolean {
  let slashes = 0
  while (json.charCodeAt(at - 1 - slashes) === backslash) slashes += 1
  return slashes % 2 === 1
}

export function startsNumber(code: number): boolean {
  return code === minus || (code >= zero && code <= nine)
}

/** The place behind the number which begins at `start`. */
export function endOfNumber(json: string, start: number): number {
  let end = start + 1
  while (end < json.length && !endsNumber.includes(json[end] ?? '')) end += 1
  return end
}

const endsNumber = ',]} \n\r\t'
