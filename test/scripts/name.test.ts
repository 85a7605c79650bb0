import { expect, test } from 'vitest'

import { checkName } from '../../src/scripts/name.ts'

test.each(['abc', 'Order e-mails', '日本語', '😀😀😀', 'x'.repeat(100), '😀'.repeat(100)])(
  '%j is a name',
  (name) => {
    expect(checkName(name)).toEqual([])
  },
)

test.each([
  ['', 'has 0'],
  ['ab', 'has 2'],
  ['😀😀', 'has 2'],
  ['x'.repeat(101), 'has 101'],
  [' abc', 'blank'],
  ['abc\n', 'blank'],
  ['a\nc', 'control character'],
  ['a\u0000c', 'control character'],
  ['a\u202ec', 'control character'],
  ['a\ud800c', 'control character'],
  ['pri\u200bcing', 'cannot be seen'],
  ['pri\u00adcing', 'cannot be seen'],
  ['pri\u2060cing', 'cannot be seen'],
])('%j is not a name: %s', (name, reason) => {
  expect(checkName(name)).toMatchObject([{ code: 'invalid_name', message: expect.stringContaining(reason) }])
})
