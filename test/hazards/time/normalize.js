// hazard: normalises and compares long texts of combining marks
// expect: timeout
// limits: {"wallMs": 150, "cpuMs": 20000}
export default () => {
  const text = `a${'\u0301\u0323'.repeat(200_000)}`
  for (;;) text.normalize('NFC').localeCompare(text, 'sv')
}
