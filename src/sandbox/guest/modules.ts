import { createCrypto } from './api/crypto.ts'
import { createCsv } from './api/csv.ts'
import { createDatabase } from './api/database.ts'
import { createHostApi } from './api/host-api.ts'
import { createHttp } from './api/http.ts'
import { createQueryBuilder } from './api/query-builder.ts'
import { createSql } from './api/sql.ts'
import { createUtils } from './api/utils.ts'
import { createInspect } from './inspect.ts'
import { createInspectKinds } from './inspect-kinds.ts'
import { createInspectText } from './inspect-text.ts'
import { domainsText, streamsText, urlText } from './packages.ts'
import { singleByteText } from './single-byte.ts'
import { createTable } from './table.ts'
import { createAbort } from './web/abort.ts'
import { createBlob } from './web/blob.ts'
import { createBody } from './web/body.ts'
import { createBytes } from './web/bytes.ts'
import { createClone } from './web/clone.ts'
import { createDigest } from './web/digest.ts'
import { createEncoding } from './web/encoding.ts'
import { createEvents } from './web/events.ts'
import { createException } from './web/exception.ts'
import { createFetch } from './web/fetch.ts'
import { createFormData } from './web/form-data.ts'
import { createHash } from './web/hash.ts'
import { createHeaders } from './web/headers.ts'
import { createInterfaces } from './web/interfaces.ts'
import { createMultipart } from './web/multipart.ts'
import { createPerformance } from './web/performance.ts'
import { createRandom } from './web/random.ts'
import { createRequest } from './web/request.ts'
import { createResponse } from './web/response.ts'
import { createStreaming } from './web/streaming.ts'
import { createTextStreams } from './web/text-streams.ts'
import { createUtf8 } from './web/utf8.ts'
import { createWebCrypto } from './web/web-crypto.ts'

const ours = {
  crypto: createCrypto,
  csv: createCsv,
  database: createDatabase,
  hostApi: createHostApi,
  http: createHttp,
  inspect: createInspect,
  inspectKinds: createInspectKinds,
  inspectText: createInspectText,
  queryBuilder: createQueryBuilder,
  sql: createSql,
  table: createTable,
  utils: createUtils,
  abort: createAbort,
  blob: createBlob,
  body: createBody,
  bytes: createBytes,
  clone: createClone,
  digest: createDigest,
  encoding: createEncoding,
  events: createEvents,
  exception: createException,
  fetch: createFetch,
  formData: createFormData,
  hash: createHash,
  headers: createHeaders,
  interfaces: createInterfaces,
  multipart: createMultipart,
  performance: createPerformance,
  random: createRandom,
  request: createRequest,
  response: createResponse,
  streaming: createStreaming,
  textStreams: createTextStreams,
  utf8: createUtf8,
  webCrypto: createWebCrypto,
}

const packages = { singleByte: singleByteText, url: urlText, domains: domainsText, streams: streamsText }

/** What the modules export, one by one: a mapped type could not be resolved. Packages are as in Node.js. */
export interface Modules {
  crypto: ReturnType<typeof createCrypto>
  csv: ReturnType<typeof createCsv>
  database: ReturnType<typeof createDatabase>
  hostApi: ReturnType<typeof createHostApi>
  http: ReturnType<typeof createHttp>
  inspect: ReturnType<typeof createInspect>
  inspectKinds: ReturnType<typeof createInspectKinds>
  inspectText: ReturnType<typeof createInspectText>
  queryBuilder: ReturnType<typeof createQueryBuilder>
  sql: ReturnType<typeof createSql>
  table: ReturnType<typeof createTable>
  utils: ReturnType<typeof createUtils>
  abort: ReturnType<typeof createAbort>
  blob: ReturnType<typeof createBlob>
  body: ReturnType<typeof createBody>
  bytes: ReturnType<typeof createBytes>
  clone: ReturnType<typeof createClone>
  digest: ReturnType<typeof createDigest>
  encoding: ReturnType<typeof createEncoding>
  events: ReturnType<typeof createEvents>
  exception: ReturnType<typeof createException>
  fetch: ReturnType<typeof createFetch>
  formData: ReturnType<typeof createFormData>
  hash: ReturnType<typeof createHash>
  headers: ReturnType<typeof createHeaders>
  interfaces: ReturnType<typeof createInterfaces>
  multipart: ReturnType<typeof createMultipart>
  performance: ReturnType<typeof createPerformance>
  random: ReturnType<typeof createRandom>
  request: ReturnType<typeof createRequest>
  response: ReturnType<typeof createResponse>
  streaming: ReturnType<typeof createStreaming>
  textStreams: ReturnType<typeof createTextStreams>
  utf8: ReturnType<typeof createUtf8>
  webCrypto: ReturnType<typeof createWebCrypto>
  url: { URL: typeof URL; URLSearchParams: typeof URLSearchParams }
  domains: object
  singleByte: { names: Record<string, string>; tables: Record<string, string> }
  streams: { ReadableStream: typeof ReadableStream; TransformStream: typeof TransformStream }
}

const texts = new Map<string, string>()

/** A module's text, whose value is a function of the primordials and the library. */
export function moduleText(name: string): string {
  const known = texts.get(name)
  if (known !== undefined) return known
  const make = Object.hasOwn(packages, name) ? packages[name as keyof typeof packages] : undefined
  const text = make ? make() : `(${ours[name as keyof typeof ours]})`
  const marked = `${text}\n//# sourceURL=pgscript:guest/${name}`
  texts.set(name, marked)
  return marked
}

export const moduleNames: readonly string[] = [...Object.keys(ours), ...Object.keys(packages)]
