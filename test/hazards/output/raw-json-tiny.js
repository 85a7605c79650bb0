// hazard: numbers near zero that PostgreSQL writes out in sixteen thousand digits; and large ones that it may
// expect: output_not_serializable
// message: output.list.3 is a number beyond what JavaScript can hold
export default () => ({
  list: ['123456789012345678901234567890', '-1.5E+308', '"1e999"', '1e-16000'].map((text) =>
    JSON.rawJSON(text),
  ),
})
