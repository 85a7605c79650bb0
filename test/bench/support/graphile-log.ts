import { Logger } from 'graphile-worker'

/** graphile-worker writes every job to the console otherwise. */
export const withoutLog = new Logger(() => () => undefined)
