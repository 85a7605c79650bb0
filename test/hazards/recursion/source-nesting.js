// hazard: a template in a template, deeply, made at run time as text and read as JSON
// expect: completed
// output: "SyntaxError"
export default () => {
  try {
    JSON.parse(`${'{"a":'.repeat(5000)}1${'}'.repeat(4999)}`)
  } catch (error) {
    return error.name
  }
}
