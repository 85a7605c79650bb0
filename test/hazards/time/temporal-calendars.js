// hazard: months between the ends of time in a calendar of the moon and the sun, which V8 counts one by one
// expect: timeout
// limits: {"wallMs": 300}
export default () => {
  const first = Temporal.PlainDate.from('-271821-04-19').withCalendar('hebrew')
  const last = Temporal.PlainDate.from('+275760-09-13').withCalendar('hebrew')
  let months = 0
  for (;;) months += first.until(last, { largestUnit: 'months' }).months
}
