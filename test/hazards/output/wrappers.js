// hazard: objects around plain values, that say they are something else
// expect: completed
// output: [7,"text",true,{}]
export default () => [Object(7), Object('text'), Object(true), Object(Symbol('x'))]
