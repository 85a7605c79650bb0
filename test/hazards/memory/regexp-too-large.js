// hazard: one pattern that would compile to gigabytes
// expect: script_error
// message: Invalid regular expression
// limits: {"memoryMb": 64, "wallMs": 20000, "cpuMs": 15000}
export default () =>
  new RegExp(
    '((((((a{1000}){1000}){1000}){1000}){1000}){1000}){1000}'.replaceAll('a', '[^]{900}b?'),
    'u',
  ).test('aaa')
