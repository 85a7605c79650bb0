import type ts from 'typescript'
import { describe, expect, test } from 'vitest'

import { webGlobals } from '../../src/sandbox/guest/web-globals.ts'
import { pgscriptExports } from '../../src/scripts/check-imports.ts'
import { complaints, programOf, scriptPath } from '../support/script-types.ts'
import { job, useSandbox } from './jobs.ts'

const globals = [...Object.values(webGlobals).flat(), 'setTimeout', 'clearTimeout', 'setInterval']
const moreGlobals = ['clearInterval', 'queueMicrotask', 'console', 'sdk']
const names = [...globals, ...moreGlobals]
const reading = (name: string) => `g_${name}`

/** A script that has each thing as a variable, for TypeScript to say what it knows of it. */
const reader = [
  `import * as module from 'pgscript'`,
  ...names.map((name) => `export const ${reading(name)} = ${name}`),
  'export { module }',
].join('\n')

/** Members by TypeScript: those of the instances for a class, else of the value; then its statics. */
function declaredMembers() {
  const program = programOf(reader)
  const checker = program.getTypeChecker()
  const file = program.getSourceFile(scriptPath) as ts.SourceFile
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(file) as ts.Symbol)
  const typeOf = (symbol: ts.Symbol) => checker.getTypeOfSymbolAtLocation(symbol, file)
  const namesOf = (type: ts.Type) =>
    type
      .getProperties()
      .filter((property) => !/^__@|^#|^prototype$/.test(property.name))
      .map((property) => property.name)
      .sort()
  const find = (name: string) => typeOf(exported.find((symbol) => symbol.name === reading(name)) as ts.Symbol)

  function members(type: ts.Type): string[] {
    const instance = type.getProperty('prototype')
    return namesOf(instance ? typeOf(instance) : type)
  }
  const module = typeOf(exported.find((symbol) => symbol.name === 'module') as ts.Symbol)
  const sdk = new Map(
    find('sdk')
      .getProperties()
      .map((property) => [property.name, typeOf(property)]),
  )
  return {
    members: (name: string) => members(find(name)),
    statics: (name: string) => namesOf(find(name)),
    namesOf,
    module,
    sdk,
    typeOf,
  }
}

/** Runs in the sandbox: what is really there. */
const walker = `
const ignored = ['length', 'name', 'prototype', 'constructor', 'arguments', 'caller']
const isConstant = (key) => /^[A-Z_]+$/.test(key)
const own = (o) => Object.getOwnPropertyNames(o).filter((key) => !isConstant(key))
function members(value) {
  const found = new Set()
  const isClass = typeof value === 'function' && value.prototype
  const ends = [Object.prototype, Function.prototype, null]
  for (let o = isClass ? value.prototype : value; !ends.includes(o); o = Object.getPrototypeOf(o))
    for (const key of own(o)) if (key !== 'constructor') found.add(key)
  return [...found].sort()
}
const statics = (value) => own(value).filter((key) => !ignored.includes(key)).sort()
`

describe('the declarations of types/', () => {
  const sandbox = useSandbox({ hosts: 1 })
  const run = async (expression: string) => {
    const { output, error } = await sandbox.it.run(job(`${walker}\nexport default () => ${expression}`))
    expect(error).toBeNull()
    return JSON.parse(output ?? '') as Record<string, { members: string[]; statics: string[] }>
  }

  test('have no error of their own', () => {
    expect(complaints(reader)).toEqual([])
  })

  test('have the globals that are there, with the same members', async () => {
    const classes = names.filter(
      (name) => /^[A-Z]/.test(name) || ['crypto', 'performance', 'console'].includes(name),
    )
    const value = (name: string) => `${name}: { members: members(${name}), statics: statics(${name}) }`
    const real = await run(`({ ${classes.map(value).join(', ')} })`)
    const declared = declaredMembers()
    const fromErrors = ['name', 'message', 'stack', 'cause', 'toString', 'isError']
    for (const name of classes) {
      const visible = (list: string[] | undefined) =>
        (list ?? []).filter((key) => name !== 'DOMException' || !fromErrors.includes(key))
      expect([name, visible(declared.members(name))]).toEqual([name, visible(real[name]?.members)])
      if (!/^[A-Z]/.test(name)) continue
      const inherited = ['captureStackTrace', 'stackTraceLimit', 'isError', 'prepareStackTrace']
      const own = declared.statics(name).filter((key) => !inherited.includes(key))
      // What a class inherits from another one's statics is declared for both.
      expect(own).toEqual(expect.arrayContaining(real[name]?.statics ?? []))
    }
  })

  test('have the exports of the module and the members of sdk that are there', async () => {
    const parts = ['log', 'http', 'db', 'cache', 'storage', 'events', 'scripts', 'secrets', 'variables']
    const tools = [
      'collections',
      'crypto',
      'utils',
      'utils.dates',
      'utils.csv',
      'utils.base64',
      'context.limits',
    ]
    const paths = [...parts, ...tools]
    const real = await run(`({
      module: { members: Object.keys($import('pgscript')).sort() },
      sdk: { members: Object.keys(sdk).sort() },
      collection: { members: Object.keys(sdk.collections.get('a')).sort() },
      ${paths.map((path) => `'${path}': { members: Object.getOwnPropertyNames(sdk.${path}).sort() }`).join(', ')}
    })`)
    const declared = declaredMembers()
    expect(real.module?.members).toEqual([...pgscriptExports].sort())
    expect(declared.namesOf(declared.module)).toEqual(real.module?.members)
    expect([...declared.sdk.keys()].sort()).toEqual(real.sdk?.members)
    for (const path of paths) {
      const [part = '', ...rest] = path.split('.')
      let type = declared.sdk.get(part) as ts.Type
      for (const key of rest) type = declared.typeOf(type.getProperty(key) as ts.Symbol)
      expect([path, declared.namesOf(type)]).toEqual([path, real[path]?.members])
    }
  })

  test.for([
    [
      'the contract',
      `import { db, http, log, PermanentError, type Context } from 'pgscript'
       export default async function (input: { id: string }, context: Context) {
         const order = await db.queryOne<{ total: number }>('select total from orders where id = $1', [input.id])
         if (order === null) throw new PermanentError('gone')
         const { ok, data } = await http.post('https://api.example', { json: order, timeout: 500 })
         log.info('sent', { ok, by: context.user?.email, may: context.user?.roles.includes('admin'), of: context.organizationId, left: context.limits.remaining().wallMs })
         return { total: order.total * 2, data }
       }`,
    ],
    [
      'transactions and the builder',
      `import { db } from 'pgscript'
       export default async () => db.transaction(async (tx) => {
         const rows = await tx.from<{ id: number }>('t').select('id').where({ a: { gt: 1 }, b: null }).orderBy('id', 'desc').limit(5)
         const { rowCount } = await tx.from('t').update({ a: 2 }).where({ id: { in: rows.map((row) => row.id) } })
         const [made] = await tx.from('t').insert({ a: 1 }).returning('id')
         return [rowCount, made?.id, await tx.from('t').count()]
       })`,
    ],
    [
      'the web’s globals',
      `export default async (request: Request) => {
         const url = new URL(request.url)
         const form = await request.formData()
         const signal = AbortSignal.any([request.signal, AbortSignal.timeout(50)])
         const response = await fetch(url, { method: 'POST', body: form, signal })
         const digest = await crypto.subtle.digest('SHA-256', await response.arrayBuffer())
         for await (const chunk of ReadableStream.from(['a']).pipeThrough(new TransformStream<string, number>())) chunk.toFixed()
         setTimeout((text: string) => console.log(text), 5, 'later')
         return Response.json({ hex: new Uint8Array(digest).toHex(), id: crypto.randomUUID() }, { status: 201 })
       }`,
    ],
    [
      'everything else',
      `import { cache, collections, crypto, events, secrets, services, storage, utils, variables } from 'pgscript'
       export default async () => {
         const { items, next } = await collections.get<{ a: number }>('orders').find({ where: { a: 1 }, limit: 5 })
         await collections.get('orders').find({ orderBy: '-a' }); await collections.get('orders').find({ orderBy: { a: 'desc' } })
         await cache.set('k', items, { ttlSeconds: 5 }); await storage.list({ prefix: next ?? '' })
         const { id } = await events.publish('order.created', { a: items[0]?.a })
         const token = crypto.hmac('sha256', await secrets.get('KEY'), id).toUpperCase()
         return [token, await services.price('a', 2), await variables.get('v'), utils.slug('A b'), utils.dates.add(new Date(), { days: 1 }).getTime(), utils.csv.parse('a,b')[0]?.a]
       }`,
    ],
  ])('accept a script: %s', ([, source = '']) => {
    expect(complaints(source)).toEqual([])
  })

  test.for([
    [
      'a name that is not there',
      `import { nothing } from 'pgscript'; export { nothing }`,
      'no exported member',
    ],
    ['a direction', `import { db } from 'pgscript'; db.from('t').orderBy('a', 'up')`, 'not assignable'],
    [
      'an order of documents',
      `import { collections } from 'pgscript'; collections.get('t').find({ orderBy: { a: 'up' } })`,
      'not assignable',
    ],
    [
      'what no trigger has',
      `import { context } from 'pgscript'; context.trigger.event?.payload`,
      'does not exist',
    ],
    ['context', `import { context } from 'pgscript'; context.attempt = 2`, 'read-only'],
    ['what a host has', `process.exit(1)`, 'Cannot find name'],
    ['what a page has', `document.body`, 'Cannot find name'],
  ])('complain about %s', ([, source = '', reason = '']) => {
    expect(complaints(`${source}\nexport {}`).join()).toContain(reason)
  })
})
