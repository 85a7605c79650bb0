/** One call of a script's SQL: milliseconds, or what is left of the run where that is less. */
export const statementMs = 5_000
/** For another transaction's lock, within that. */
export const lockMs = 2_000
/** For a free connection, or a place among the tenant's. */
export const connectionMs = 5_000
/** From `db.begin` to the end of the transaction. */
export const transactionMs = 10_000
export const maxRows = 1_000
/** Of a result as text: what a script's memory can hold a few of. */
export const maxResultBytes = 4 * 2 ** 20
/** Of a statement: the parser's time grows with it, for nested comments with its square. */
export const maxSqlCharacters = 65_536
/** `/*` in one statement; a hundred nested ones are nobody's comment. */
export const maxComments = 100
export const maxParameters = 1_000
