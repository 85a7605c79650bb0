import { log } from 'pgscript'

interface Line {
  description: string
  quantity: number
  /** In cents: money is never a fraction. */
  unitPrice: number
}

const vatPercent = { standard: 20, reduced: 10, none: 0 } as const

const example: Line[] = [
  { description: 'Consulting, hours', quantity: 6, unitPrice: 12_000 },
  { description: 'Travel', quantity: 1, unitPrice: 8_450 },
]

export default async function (input: { lines?: Line[]; vat?: keyof typeof vatPercent }) {
  const lines = input.lines ?? example
  const percent = vatPercent[input.vat ?? 'standard']
  if (percent === undefined) throw new RangeError(`vat must be one of ${Object.keys(vatPercent).join(', ')}`)

  const net = lines.reduce((sum, line) => sum + line.quantity * line.unitPrice, 0)
  const vat = Math.round((net * percent) / 100)
  log.info('invoice added up', { lines: lines.length, net, vat })

  const euros = new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' })
  return {
    net: euros.format(net / 100),
    vat: euros.format(vat / 100),
    total: euros.format((net + vat) / 100),
  }
}
