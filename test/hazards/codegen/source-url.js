// hazard: a comment that gives the code another name in stacks, and a map to another place
// expect: script_error
// message: where am I

//# sourceURL=node:internal/pwned
//# sourceMappingURL=data:application/json;base64,e30=
export default () => {
  throw new Error('where am I')
}
//@ sourceURL=pwned.js
