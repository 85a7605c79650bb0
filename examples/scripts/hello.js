import { log } from 'pgscript'

// The simplest script: what it returns is the execution's output.
export default async function (input, context) {
  const name = input.name ?? 'world'
  log.info('greeting', { name, tenant: context.tenant.key })
  return { greeting: `Hello, ${name}!`, from: context.script.name, version: context.script.version }
}
