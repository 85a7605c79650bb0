// hazard: a text that fills the limit to the last byte
// expect: completed
// output: "12345678"
// limits: {"outputBytes": 10}
export default () => '12345678'
