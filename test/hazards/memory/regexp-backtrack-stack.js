// hazard: a match that needs memory for each of the million characters that it may go back to
// expect: completed
// output: [false,true]
export default () => {
  const text = 'ab'.repeat(500_000)
  const attempt = (match) => {
    try {
      return match()
    } catch (error) {
      return error instanceof RangeError
    }
  }
  return [attempt(() => /^(?:a|b|(c))*$/.test(`${text}!`)), attempt(() => /^(?:[ab]|(c))*$/.test(text))]
}
