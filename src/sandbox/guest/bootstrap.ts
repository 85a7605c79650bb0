import { createCalls } from './calls.ts'
import { createErrors } from './errors.ts'
import { createEntry } from './execute.ts'
import { harden } from './harden.ts'
import { createLogs } from './logs.ts'
import { createOutput } from './output.ts'
import { capturePrimordials } from './primordials.ts'
import { createTimers } from './timers.ts'
import { furnish } from './world.ts'

/** Frames of this file never reach an author: the node keeps only those of the script. */
export const guestFileName = 'pgscript:guest'

/**
 * The guest as one script: its value is a function that takes the way out to the host (`send`) and
 * returns the way in. Made from the functions' own text, so it is read, typed and linted like the rest.
 */
export function guestSource(): string {
  return `(send) => {
'use strict'
const p = (${capturePrimordials})();
(${harden})(p);
const errors = (${createErrors})(p);
const logs = (${createLogs})(p, send);
const timers = (${createTimers})(p, errors, send);
const calls = (${createCalls})(p, errors, send);
const outputText = (${createOutput})(p, errors);
const parts = { errors, logs, timers, calls };
const importModule = (${furnish})(p, parts);
return (${createEntry})(p, { ...parts, importModule, outputText, send })
}`
}
