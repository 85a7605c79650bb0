// hazard: calls the functions that its imports and exports were rewritten to
// expect: completed
// output: ["undefined","undefined","undefined","undefined"]
import { sdk as api } from 'pgscript'

void api
export default () => [typeof $import, typeof $exports, typeof $main, typeof $import1]
