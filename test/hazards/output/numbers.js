// hazard: numbers that JSON does not have
// expect: completed
// output: [null,null,null,0,1e+308,5e-324,1.7976931348623157e+308,9007199254740993]
export default () => [NaN, Infinity, -Infinity, -0, 1e308, 5e-324, Number.MAX_VALUE, 2 ** 53 + 2 - 1]
