// hazard: imports a module of Node.js at the top
// expect: invalid_script
// message: Cannot use import statement outside a module
// check: unknown_import
import { readFileSync } from 'node:fs'
export default () => readFileSync('/etc/passwd', 'utf8')
