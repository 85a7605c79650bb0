/** What the parsers of both languages would say in words of their own. */
export const tooEarly = 'The script ends too early; a closing bracket or an expression is missing.'
export const noJsx = 'JSX is not supported; call functions instead.'

/**
 * Whether a complaint at an offset is about an element of JSX: where one begins, where its attributes do (as TypeScript
 * reads it, `<a b` is an assertion that goes wrong), or where one ends.
 */
export function looksLikeJsx(source: string, offset: number): boolean {
  const before = source.slice(Math.max(0, offset - 100), offset)
  const after = source.slice(offset, offset + 100)
  if (/^<(?:[\p{L}_$][\w.:-]*[\s/>]|>)/u.test(after)) return true
  return /<$/.test(before) ? /^[/>]/.test(after) : /<[\p{L}_$][\w.:-]*\s+$/u.test(before)
}
