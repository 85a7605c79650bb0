// hazard: throws null
// expect: script_error
// message: null
export default () => {
  throw null
}
