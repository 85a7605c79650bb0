// hazard: an instance with private fields, getters, and a prototype that has names of its own
// expect: completed
// output: {"open":1}
class Account {
  #secret = 'secret'
  open = 1
  get secret() {
    return this.#secret
  }
}
Object.defineProperty(Account.prototype, 'pwned', { value: 'pwned', enumerable: true })
export default () => new Account()
