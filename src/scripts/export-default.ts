import type { ExportDefaultDeclaration } from 'acorn'
import type MagicString from 'magic-string'

/** What became of a default export: the variable that holds it, and whether its own text declares that. */
export interface RewrittenDefault {
  local: string
  declares: boolean
}

/** Makes of a default export something that runs in a function; `holder` receives what has no name. */
export function rewriteDefault(
  text: MagicString,
  statement: ExportDefaultDeclaration,
  holder: string,
): RewrittenDefault {
  const { declaration, start } = statement
  const word = afterGap(text.original, start + 'export'.length)
  const isDeclaration = declaration.type === 'FunctionDeclaration' || declaration.type === 'ClassDeclaration'
  if (isDeclaration && declaration.id) {
    text.overwrite(start, start + 'export'.length, '      ')
    text.overwrite(word, word + 'default'.length, '       ')
    return { local: declaration.id.name, declares: true }
  }
  if (isDeclaration && nameDeclaration(text, statement, holder)) return { local: holder, declares: true }
  text.overwrite(start, start + 'export'.length, '      ')
  text.overwrite(word, word + 'default'.length, `${holder.padEnd(6)}=`)
  if (isDeclaration) endStatement(text, declaration.end)
  return { local: holder, declares: false }
}

/**
 * `export default function` has room for `function NAME`, which stays a declaration, ends as one, and
 * moves nothing that comes after.
 */
function nameDeclaration(
  text: MagicString,
  { declaration, start }: ExportDefaultDeclaration,
  holder: string,
): boolean {
  const { original } = text
  const isAsync = declaration.type === 'FunctionDeclaration' && declaration.async
  const isGenerator = declaration.type === 'FunctionDeclaration' && declaration.generator
  const keyword = declaration.type === 'FunctionDeclaration' ? 'function' : 'class'
  let end = declaration.start
  if (isAsync) end = afterGap(original, end + 'async'.length)
  end += keyword.length
  if (isGenerator) end = afterGap(original, end) + 1
  const head = `${isAsync ? 'async ' : ''}${keyword}${isGenerator ? '*' : ''} ${holder}`
  if (end - start < head.length || /[\n\u2028\u2029]/.test(original.slice(start, end))) return false
  text.overwrite(start, end, head.padStart(end - start))
  return true
}

/**
 * A declaration ends at its brace, but an assignment made of it would run on into `(…)` or `[…]`. The `;`
 * takes the place of a blank. Only where `export default` and `function` stand on different lines, and
 * code is glued to the brace (`}next()`), does that move by one column.
 */
function endStatement(text: MagicString, end: number): void {
  const next = text.original[end]
  if (next === ';') return
  if (next === ' ' || next === '\t') text.overwrite(end, end + 1, ';')
  else text.appendLeft(end, ';')
}

/** Skips blanks and comments: `export /* here *\/ default`. */
function afterGap(source: string, offset: number): number {
  const gap = /(?:\s+|\/\/[^\n\u2028\u2029]*|\/\*[\s\S]*?\*\/)*/y
  gap.lastIndex = offset
  gap.test(source)
  return gap.lastIndex
}

/** A function without a name of its own; a module calls it `default`. */
export function isAnonymousFunction(declaration: ExportDefaultDeclaration['declaration']): boolean {
  if (declaration.type === 'ArrowFunctionExpression') return true
  if (declaration.type === 'FunctionDeclaration' || declaration.type === 'FunctionExpression') {
    return !declaration.id
  }
  if (declaration.type !== 'ClassDeclaration' && declaration.type !== 'ClassExpression') return false
  // A static member may be called `name`, or may freeze the class before we could name it.
  const { body } = declaration.body
  return !declaration.id && body.every((member) => member.type !== 'StaticBlock' && !member.static)
}
