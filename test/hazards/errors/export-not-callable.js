// hazard: exports something that only looks like a function
// expect: no_default_export
// message: no default export that is a function
const pretender = new Proxy({}, { apply: () => 'pwned' })

export { pretender as default }
