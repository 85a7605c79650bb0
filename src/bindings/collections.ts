import { DatabaseError } from 'pg'
import {
  atMost,
  invalid,
  isObject,
  jsonArgument,
  nameArgument,
  optionsArgument,
  textArgument,
  wholeArgument,
} from './arguments.ts'
import { type Call, CallError, type OpenBinding, type RunScope } from './binding.ts'
import { notACursor, parseOrder, readCursor, writeCursor } from './collections-order.ts'
import { jsonPath, parseWhere } from './collections-where.ts'
import type { Engine } from './engine.ts'

const longestId = 200
const mostInserted = 100
const mostFound = 1_000
const usuallyFound = 100
/** Of the documents of one answer; what is beyond is on the next page. */
const mostBytesFound = 4 * 1024 * 1024
/** As long as any statement of a script may take. */
const findMs = 5_000

/** `collections.*`: JSON documents of the tenant, found by what they contain. */
export function openCollections(engine: Engine): OpenBinding {
  return (run) => ({ calls: { ...readingCalls(engine, run), ...writingCalls(engine, run) } })
}

function readingCalls(engine: Engine, run: RunScope): Record<string, Call> {
  return {
    async 'collections.find'(args) {
      const call = 'collections.find'
      atMost(call, args, 2)
      const name = nameArgument(call, 'collection', args[0])
      const given = optionsArgument(call, args[1], ['where', 'orderBy', 'limit', 'after'])
      const where = parseWhere(call, given.where)
      const order = parseOrder(call, given.orderBy)
      const limit = wholeArgument(call, 'limit', given.limit ?? usuallyFound, { min: 1, max: mostFound })
      const values = [
        name,
        jsonArgument(call, 'where', where, run.limits.value_bytes ?? 0),
        order.path && `strict ${jsonPath(order.path)}`,
        order.descending,
        readCursor(call, order, given.after),
        limit,
        mostBytesFound,
      ]
      const rows = await engine.callWithin<FoundRow>(run, findMs, findText, values).catch((error) => {
        throw explained(call, error)
      })
      const last = rows.at(-1)
      return {
        items: rows.map(({ body }) => body),
        next: last === undefined || last.is_last ? null : writeCursor(order, last.place),
      }
    },
    async 'collections.get'(args) {
      const call = 'collections.get'
      atMost(call, args, 2)
      const values = [nameArgument(call, 'collection', args[0]), textArgument(call, 'id', args[1], longestId)]
      const text = 'select pgscript_engine.get_document($1, $2, $3, $4) as value'
      return (await engine.call<ValueRow>(run, text, values))[0]?.value
    },
  }
}

interface FoundRow {
  body: unknown
  place: string
  is_last: boolean
}

interface ValueRow {
  value: unknown
}

const findText = `select body, place, is_last
  from pgscript_engine.find_documents($1, $2, $3, $4, $5, $6, $7, $8, $9)`

/** What the database says of a place that is none, and of a search that takes too long. */
function explained(call: string, error: unknown): unknown {
  const code = error instanceof DatabaseError ? (error.code ?? '') : ''
  if (code.startsWith('22')) return notACursor(call)
  if (code !== '57014') return error
  return new CallError(
    'query_timeout',
    `${call}: the search took longer than ${findMs} ms. Equality in where is served by an index; other conditions and orders read every document.`,
  )
}

function writingCalls(engine: Engine, run: RunScope): Record<string, Call> {
  const most = run.limits.value_bytes ?? 0
  return {
    async 'collections.insert'(args) {
      const call = 'collections.insert'
      atMost(call, args, 2)
      const name = nameArgument(call, 'collection', args[0])
      const given = args[1]
      const documents = Array.isArray(given) ? given : [given]
      if (documents.length > mostInserted)
        throw invalid(call, `takes at most ${mostInserted} documents at once, not ${documents.length}.`)
      const texts = documents.map((document, place) => documentText(call, document, place, most))
      if (texts.length === 0) return []
      const rows = await engine.call<ValueRow>(
        run,
        'select value from pgscript_engine.insert_documents($1, $2, $3, $4) as value',
        [name, `[${texts.join(',')}]`],
      )
      const inserted = rows.map(({ value }) => value)
      return Array.isArray(given) ? inserted : inserted[0]
    },
    async 'collections.update'(args) {
      const call = 'collections.update'
      atMost(call, args, 4)
      const name = nameArgument(call, 'collection', args[0])
      const id = textArgument(call, 'id', args[1], longestId)
      const patch = args[2]
      if (!isObject(patch)) throw invalid(call, 'patch must be an object of the fields to change.')
      if (Object.hasOwn(patch, 'id') && patch.id !== id)
        throw invalid(call, "a document's id cannot be changed.")
      const { replace = false } = optionsArgument(call, args[3], ['replace'])
      if (typeof replace !== 'boolean') throw invalid(call, 'replace must be true or false.')
      const [row] = await engine.call<ValueRow>(
        run,
        'select pgscript_engine.update_document($1, $2, $3, $4, $5, $6, $7) as value',
        [name, id, jsonArgument(call, 'patch', patch, most), replace, most],
      )
      return row?.value
    },
    async 'collections.delete'(args) {
      const call = 'collections.delete'
      atMost(call, args, 2)
      const values = [nameArgument(call, 'collection', args[0]), textArgument(call, 'id', args[1], longestId)]
      const text = 'select pgscript_engine.delete_document($1, $2, $3, $4) as value'
      return (await engine.call<ValueRow>(run, text, values))[0]?.value
    },
  }
}

function documentText(call: string, document: unknown, place: number, most: number): string {
  if (!isObject(document)) throw invalid(call, `document ${place + 1} must be an object.`)
  const { id } = document
  if (id !== undefined && id !== null) textArgument(call, `the id of document ${place + 1}`, id, longestId)
  return jsonArgument(call, `document ${place + 1}`, document, most)
}
