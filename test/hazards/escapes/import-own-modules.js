// hazard: imports what is ours by path
// expect: invalid_script
// message: Cannot use import statement outside a module
// check: unknown_import
import isolated from 'isolated-vm'
export default () => new isolated.Isolate()
