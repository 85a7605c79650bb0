// hazard: code that would run when garbage is collected, within somebody else's execution
// expect: completed
// output: ["undefined","undefined"]
export default () => {
  const registry = typeof FinalizationRegistry
  if (registry !== 'undefined') new FinalizationRegistry(() => console.log('pwned')).register({}, 1)
  return [registry, typeof WeakRef]
}
