// hazard: waits where a parameter gets its value
// expect: invalid_script
// message: await
// check: syntax_error
export default async (a = await 1) => a
