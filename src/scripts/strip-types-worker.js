// Plain JavaScript: Node refuses to strip the types of files below node_modules, and this one must
// load wherever the package is installed.
import { stripTypeScriptTypes } from 'node:module'
import { workerData } from 'node:worker_threads'

/** @type {{ port: import('node:worker_threads').MessagePort, signal: Int32Array }} */
const { port, signal } = workerData

/** @param {string} source */
function strip(source) {
  try {
    return { code: stripTypeScriptTypes(source, { mode: 'strip' }) }
  } catch (error) {
    return { failure: { code: error.code, message: error.message, stack: error.stack } }
  }
}

function wakeCaller() {
  Atomics.store(signal, 0, 1)
  Atomics.notify(signal, 0)
}

port.on('message', (source) => {
  port.postMessage(strip(source))
  wakeCaller()
})
wakeCaller()
