import { createBoundary } from './boundary.ts'
import { createCalls } from './calls.ts'
import { createClock } from './clock.ts'
import { shiftClockReaders } from './clock-readers.ts'
import { createContext } from './context.ts'
import { createEntry } from './entry.ts'
import { createErrors } from './errors.ts'
import { createExecutions } from './execute.ts'
import { createFormless } from './formless.ts'
import { freezeRealm } from './freeze.ts'
import { harden } from './harden.ts'
import { collectIntrinsics, followReferences } from './intrinsics.ts'
import { createLibrary } from './library.ts'
import { createLogFormat } from './log-format.ts'
import { createLogs } from './logs.ts'
import { createOutput } from './output.ts'
import { enableOverrides } from './overrides.ts'
import { capturePrimordials } from './primordials.ts'
import { createRandom } from './random.ts'
import { createOwnScope, createSharedScope, lay } from './scope.ts'
import { createSdk, sdkParts } from './sdk.ts'
import { createSymbols } from './symbols.ts'
import { createTimers } from './timers.ts'
import { layWebGlobals, webGlobals } from './web-globals.ts'
import { createWorld } from './world.ts'

/** Frames of this file never reach an author: the node keeps only those of the script. */
export const guestFileName = 'pgscript:guest'

export interface GuestKind {
  shared: boolean
  allowCode: boolean
}

/**
 * The guest as one script: its value is a function that takes the ways out to the host (`send`, and
 * `textOf` for the modules of its library) and returns the way in. Made from the functions' own text, so it is read, typed and linted like the rest.
 *
 * @param shared whether executions share the realm, which is then frozen before the first
 * @param allowCode whether the tenant may make code from strings, which takes a realm of its own
 */
export function guestSource({ shared, allowCode }: GuestKind): string {
  const code = allowCode ? (shared ? 'unshared' : 'allowed') : 'refused'
  const createScope = shared ? createSharedScope : createOwnScope
  const freeze = `(${freezeRealm})(p, roots, { followReferences: ${followReferences}, collectIntrinsics: ${collectIntrinsics}, enableOverrides: ${enableOverrides} })`
  return `(send, textOf) => {
'use strict'
const p = (${capturePrimordials})();
(${harden})(p, '${code}');
const clock = (${createClock})(p);
const shiftReaders = () => (${shiftClockReaders})(p, clock);
const random = (${createRandom})(p);
const symbols = (${createSymbols})(p);
const errors = (${createErrors})(p);
const boundary = (${createBoundary})(p, { errors, formlessAs: (${createFormless})(p) });
const outputText = (${createOutput})(errors, boundary);
const lay = ${lay};
// One execution at a time: what a realm's executions share asks here whose it is.
let live;
const now = () => live;
const tell = (verb, a, b, c, d) => { if (live.open) send(verb, a, b, c, d, live.number) };
let seal = (exports) => exports;
const library = (${createLibrary})(p, { errors, textOf, seal: (exports) => seal(exports), live: now });
(${layWebGlobals})(p, library, { names: ${JSON.stringify(webGlobals)}, isShared: ${shared} });
const pgscript = (${createSdk})(p, library, ${JSON.stringify(sdkParts)});
const format = (${createLogFormat})(p, { boundary, library, isShared: ${shared} });
const logs = (${createLogs})(p, { boundary, library, format, isShared: ${shared}, send: tell, live: now });
const timers = (${createTimers})(p, { errors, send: tell, live: now });
const calls = (${createCalls})(p, { errors, boundary, send: tell, live: now });
const contexts = (${createContext})(p, library, { logs, timers, calls, send: tell, live: now });
const parts = { errors, logs, timers, calls };
const world = (${createWorld})(p, parts, { pgscript, outputText });
const scope = (${createScope})(p, lay, world);
// Costs half a millisecond: a context of its own has it only for a run that is repeated.
let traces = { restore: (startedAt) => { if (startedAt !== 0) shiftReaders(); return true }, keep: () => () => {} };
let fail;
const enter = (${createEntry})(p, {
  scope,
  world,
  executionsWith: (send) => {
    const executions = (${createExecutions})(p, { ...parts, outputText, importModule: world.importModule, send, live: now });
    fail = executions.fail;
    return executions;
  },
  open: (number, limits, entropy, text) => {
    live = {
      number, limits, open: true, entropy, startedAt: p.now(), context: undefined, contextState: contexts.begin(),
      logState: logs.begin(limits), timerState: timers.begin(), callState: calls.begin(),
      errors, logs, timers, calls, fail,
    };
    live.context = contexts.make(text);
    return live;
  },
  send,
  cancel: contexts.cancel,
  reset: (seed, startedAt) => { symbols.forget(); random.begin(seed); clock.begin(startedAt); return traces.restore(startedAt) },
  keep: () => {
    const mine = live;
    const back = [symbols.keep(), random.keep(), clock.keep(), traces.keep()];
    return () => { live = mine; for (let index = 0; index < 4; index += 1) back[index]() };
  },
});
const roots = [...scope.roots, ...world.roots, ...contexts.roots, errors.PermanentError, errors.RetryAfterError, errors.HttpError, pgscript];
${shared ? `shiftReaders(); traces = ${freeze}; seal = traces.seal` : ''}
return enter
}`
}
