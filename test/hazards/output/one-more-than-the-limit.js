// hazard: a text that is one byte longer than the limit
// expect: output_limit
// limits: {"outputBytes": 10}
export default () => '123456789'
