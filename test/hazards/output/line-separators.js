// hazard: characters that end a line in one reading and not in the other
// expect: completed
// output: "\u2028\u2029\ufeff</script>"
export default () => '\u2028\u2029\ufeff</script>'
