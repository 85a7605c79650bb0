// hazard: worlds and threads of its own
// expect: completed
// output: []
export default () =>
  [
    'ShadowRealm',
    'Worker',
    'SharedWorker',
    'ServiceWorker',
    'importScripts',
    'require',
    'createRequire',
    'vm',
    'Realm',
    'Compartment',
    'evaluate',
    'Deno',
    'Bun',
    'd8',
    'load',
    'quit',
    'gc',
    'print',
    'version',
  ].filter((name) => name in globalThis)
