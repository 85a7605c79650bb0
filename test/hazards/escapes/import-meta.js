// hazard: asks for its own address
// expect: invalid_script
// message: Cannot use 'import.meta' outside a module
// check: import_meta
export default () => import.meta.url
