// hazard: throws a function with the properties of an error
// expect: script_error
// message: as a function
export default () => {
  throw Object.assign(() => 1, { message: 'as a function', stack: 'Error\n    at pwned (/etc/passwd:1:1)' })
}
