// hazard: makes formats in a loop, each of which costs a millisecond
// expect: timeout
// limits: {"wallMs": 150, "cpuMs": 20000, "memoryMb": 128}
export default () => {
  for (;;) {
    new Intl.DateTimeFormat('ar-EG-u-ca-islamic', {
      dateStyle: 'full',
      timeStyle: 'full',
      timeZone: 'Asia/Kolkata',
    }).format(0)
  }
}
