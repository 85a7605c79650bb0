// hazard: numbers of some characters that PostgreSQL writes out in a hundred thousand digits
// expect: output_not_serializable
// message: output.0 is a number beyond what JavaScript can hold
export default () => Array.from({ length: 9000 }, () => JSON.rawJSON('1e131000'))
