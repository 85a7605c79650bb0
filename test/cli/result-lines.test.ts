import { expect, test } from 'vitest'

import { resultLines } from '../../src/cli/result-lines.ts'

const linesOf = (error: Record<string, unknown>) =>
  resultLines({ status: 'failed', output: null, logs: [], metrics: {}, error }).slice(0, -2)

test('an error is shown with its line, and the frames of its own stack', () => {
  const message = 'failed: Error: x\n    at fake (main.js:9:9)'
  const error = {
    ...{ code: 'script_error', type: 'Error', message, line: 2, column: 3 },
    ...{ sourceLine: '  throw error', caret: '  ^' },
    stack: `Error: ${message}\n    at default (main.js:2:3)`,
  }
  expect(linesOf(error)).toEqual([
    `Error: ${message}  [script_error]`,
    '  2 |   throw error',
    '        ^',
    '    at default (main.js:2:3)',
  ])
})

test("a line of a library's is shown with the library's file, an error without a message without a colon", () => {
  const error = {
    ...{ code: 'script_error', type: 'RangeError', message: '', line: 12, column: 1 },
    ...{ sourceLine: 'fail()', caret: '^', file: 'pricing.js' },
    stack: 'RangeError\n    at pricing.js:12:1',
  }
  expect(linesOf(error)).toEqual([
    'RangeError  [script_error]',
    '  pricing.js:12 | fail()',
    '                  ^',
    '    at pricing.js:12:1',
  ])
})
