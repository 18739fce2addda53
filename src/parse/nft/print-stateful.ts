/** Statements that keep count, as nft reads them. */
import type { Limit, Quota, Stateful } from './expression.ts'

/** What is not known of JSON has no text: see canPrint. */
export function printStateful(statement: Stateful): string {
  switch (statement.kind) {
    case 'counter': {
      const { packets, bytes } = statement
      return packets === undefined ? 'counter' : `counter packets ${packets} bytes ${bytes}`
    }
    case 'limit':
      return printLimit(statement)
    case 'quota':
      return printQuota(statement)
    case 'ct count':
      return `ct count ${statement.over ? 'over ' : ''}${statement.count}`
    case 'unread':
      return statement.text ?? (statement.hidden ? '(not shown by nft)' : JSON.stringify(statement.json))
  }
}

function printLimit({ rate, per, over, burst, unit, burstUnit }: Limit): string {
  const amount = unit === undefined ? `${rate}/${per}` : `${rate} ${unit}/${per}`
  const packets = unit === undefined
  const extra = burst === (packets ? 5 : 0) ? '' : ` burst ${burst} ${burstUnit ?? (packets ? 'packets' : 'bytes')}`
  return `limit rate ${over ? 'over ' : ''}${amount}${extra}`
}

function printQuota({ over, amount, unit, used, usedUnit }: Quota): string {
  return `quota ${over ? 'over ' : ''}${amount} ${unit}${used === undefined ? '' : ` used ${used} ${usedUnit}`}`
}
