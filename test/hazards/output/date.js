// hazard: dates, one of which is none
// expect: completed
// output: ["1970-01-01T00:00:00.000Z",null]
export default () => [new Date(0), new Date(NaN)]
