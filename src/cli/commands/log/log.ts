import { find } from '../../../ask/history/find.ts'
import { type History, history } from '../../../ask/history/log.ts'
import { UserError } from '../../../problem.ts'
import { historyJson, historyRows } from '../../../report/history/rows.ts'
import { historyText } from '../../../report/history/text.ts'
import type { Store } from '../../../store/open.ts'
import { nearest } from '../../nearest.ts'
import { findSnapshot } from '../../store/asking.ts'
import { print, printText, write } from '../../terminal/print.ts'
import { isUtf8, textWidth } from '../../terminal/terminal.ts'

export interface LogQuestion {
  /** `service/demo/web`, `10.43.0.1:443`, … */
  readonly object: string
  readonly since?: string
  readonly until?: string
  readonly number?: string
  readonly node?: string
  readonly rules?: boolean
  readonly output: string
}

export async function logObject(store: Store, question: LogQuestion): Promise<void> {
  const { object, node, output } = question
  const followed = find(store, object, { nearest, ...(node !== undefined && { node }) })
  const asked = await stepsAsked(store, question)
  const histories = followed.map((each) => asked(history(store, each)))
  if (output === 'json') write(historyJson(histories))
  else if (output !== 'table') print(historyRows(histories, { rules: question.rules === true }), output)
  else
    printText(
      histories
        .map((each) =>
          historyText(each, {
            rules: question.rules === true ? 'all' : object.startsWith('chain') ? 'changed' : 'none',
            width: textWidth(),
            ascii: !isUtf8()
          })
        )
        .join('\n')
    )
}

/** The steps between two snapshots, and no more than so many; what is told of the whole life stays. */
async function stepsAsked(store: Store, { since, until, number }: LogQuestion): Promise<(history: History) => History> {
  const most = number === undefined ? Infinity : Number(number)
  if (number !== undefined && !(Number.isInteger(most) && most > 0))
    throw new UserError(`log: -n takes a whole number above 0, not "${number}"`)
  const from = since === undefined ? undefined : (await findSnapshot(store, since)).takenAt.getTime()
  const to = until === undefined ? undefined : (await findSnapshot(store, until)).takenAt.getTime()
  const isAsked = (takenAt: string) =>
    Date.parse(takenAt) >= (from ?? -Infinity) && Date.parse(takenAt) <= (to ?? Infinity)
  return (history) => ({ ...history, steps: history.steps.filter(({ takenAt }) => isAsked(takenAt)).slice(0, most) })
}
