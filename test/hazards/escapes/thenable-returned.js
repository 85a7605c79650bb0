// hazard: returns a thenable, and looks at the functions that it is resolved with
// expect: completed
// output: "contained"
export default () => ({
  then(resolve, reject) {
    const worked = []
    for (const given of [resolve, reject]) {
      for (const attempt of [
        () => given.constructor('return process')(),
        () => given.caller.caller,
        () => given.arguments,
        () => Object.getPrototypeOf(given).constructor.constructor('return 1')(),
      ]) {
        try {
          worked.push(String(attempt()))
        } catch {}
      }
      if (!(given instanceof Function) || Reflect.ownKeys(given).join() !== 'length,name')
        worked.push('a stranger')
    }
    resolve(worked.length === 0 ? 'contained' : worked)
    resolve('twice')
    reject(new Error('and rejected'))
  },
})
