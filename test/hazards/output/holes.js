// hazard: an array of four billion holes
// expect: output_not_serializable
// message: output has more than 5500000 values
export default () => new Array(4_294_967_295)
