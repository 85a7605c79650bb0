// hazard: runs code in the replacement of a text, and patterns that are made of text
// expect: completed
// output: ["a$&b","7"]
export default () => ['x'.replace('x', () => 'a$&b'), new RegExp('(?<n>\\d)').exec('a7')?.groups.n]
