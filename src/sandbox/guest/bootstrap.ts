import { createCalls } from './calls.ts'
import { createClock } from './clock.ts'
import { shiftClockReaders } from './clock-readers.ts'
import { createEntry } from './entry.ts'
import { createErrors } from './errors.ts'
import { createExecution } from './execute.ts'
import { freezeRealm } from './freeze.ts'
import { harden } from './harden.ts'
import { collectIntrinsics } from './intrinsics.ts'
import { createLogs } from './logs.ts'
import { createOutput } from './output.ts'
import { enableOverrides } from './overrides.ts'
import { capturePrimordials } from './primordials.ts'
import { createRandom } from './random.ts'
import { createOwnScope, createSharedScope, lay, scopeNames } from './scope.ts'
import { createSymbols } from './symbols.ts'
import { createTimers } from './timers.ts'
import { createWorld } from './world.ts'

/** Frames of this file never reach an author: the node keeps only those of the script. */
export const guestFileName = 'pgscript:guest'

/**
 * The guest as one script: its value is a function that takes the way out to the host (`send`) and
 * returns the way in. Made from the functions' own text, so it is read, typed and linted like the rest.
 *
 * @param shared whether executions share the realm, which is then frozen before the first
 */
export function guestSource(shared: boolean): string {
  const createScope = shared ? createSharedScope : createOwnScope
  const freeze = `(${freezeRealm})(p, roots, { collectIntrinsics: ${collectIntrinsics}, enableOverrides: ${enableOverrides} })`
  return `(send) => {
'use strict'
const p = (${capturePrimordials})();
(${harden})(p);
const clock = (${createClock})(p);
const shiftReaders = () => (${shiftClockReaders})(p, clock);
const seedRandom = (${createRandom})(p);
const forgetSymbols = (${createSymbols})(p);
const errors = (${createErrors})(p);
const outputText = (${createOutput})(p, errors);
const createLogs = ${createLogs};
const createTimers = ${createTimers};
const createCalls = ${createCalls};
const makeWorld = ${createWorld};
const makeExecution = ${createExecution};
const lay = ${lay};
const scope = (${createScope})(p, lay);
// Costs half a millisecond: a context of its own has it only for a run that is repeated.
let restore = (startedAt) => { if (startedAt !== 0) shiftReaders(); return true };
const createParts = (send, limits, failed) => ({
  errors,
  logs: createLogs(p, send, limits),
  timers: createTimers(p, errors, send, failed),
  calls: createCalls(p, errors, send, limits.hostCalls),
});
const executeParts = { errors, outputText, createParts, createWorld: (parts) => makeWorld(p, parts) };
const enter = (${createEntry})(p, {
  scope,
  names: ${JSON.stringify(scopeNames)},
  createExecution: (limits) => makeExecution(p, executeParts, send, limits),
  reset: (seed, startedAt) => { forgetSymbols(); seedRandom(seed); clock.begin(startedAt); return restore(startedAt) },
});
const roots = [...scope.roots, errors.PermanentError, errors.RetryAfterError];
${shared ? `shiftReaders(); restore = ${freeze}` : ''}
return enter
}`
}
