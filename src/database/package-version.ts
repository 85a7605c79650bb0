import manifest from '../../package.json' with { type: 'json' }

/** This binary's version, as in package.json. */
export const packageVersion: string = manifest.version
