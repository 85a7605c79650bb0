// hazard: looks through nine quadrillion places that are empty, within one built-in function
// expect: timeout
// limits: {"wallMs": 150}
export default () => Array.prototype.indexOf.call({ length: Number.MAX_SAFE_INTEGER }, 1)
