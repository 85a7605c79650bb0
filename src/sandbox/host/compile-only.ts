import ivm from 'isolated-vm'

import { compileWhole } from './scripts.ts'

/** Isolates, and not their heaps' limits, keep what a compiler needs for a megabyte of source. */
const memoryMb = 512

/**
 * V8's compiled form of code as base64, or nothing where it does not compile. Nothing is run: a host that is
 * asked this is asked nothing else, so that no author's code ever had a hand in what it answers.
 */
export async function compileOnly(fileName: string, code: string): Promise<string> {
  const isolate = new ivm.Isolate({ memoryLimit: memoryMb })
  try {
    const { cachedData } = await compileWhole(isolate, { code, fileName })
    return cachedData ? Buffer.from(cachedData.copy()).toString('base64') : ''
  } catch {
    return ''
  } finally {
    if (!isolate.isDisposed) isolate.dispose()
  }
}
