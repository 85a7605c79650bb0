// hazard: a thenable that resolves to another thenable, for ever
// expect: timeout
// limits: {"wallMs": 150}
const thenable = () => ({ then: (resolve) => resolve(thenable()) })
export default () => thenable()
