// hazard: exchanges what it exports while it is evaluated
// expect: completed
// output: "last"
let main = () => 'first'
main = () => 'last'

export { main as default }
