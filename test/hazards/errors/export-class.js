// hazard: exports a class, which cannot be called
// expect: script_error
// message: Class constructor Main cannot be invoked without 'new'
class Main {}
const main = Main
export default main
