import { blameCommand } from './commands/blame.ts'
import { checkCommand } from './commands/check.ts'
import { checksCommand } from './commands/checks.ts'
import { collectCommand } from './commands/collect.ts'
import { completionCommand } from './commands/completion.ts'
import { diffCommand } from './commands/diff.ts'
import { explainCommand } from './commands/explain.ts'
import { flowsCommand } from './commands/flows.ts'
import { fsckCommand } from './commands/fsck.ts'
import { getCommand } from './commands/get.ts'
import { importCommand } from './commands/import.ts'
import { listCommand } from './commands/list.ts'
import { logCommand } from './commands/log.ts'
import { packCommand } from './commands/pack.ts'
import { pruneCommand } from './commands/prune.ts'
import { reportCommand } from './commands/report.ts'
import { rulesCommand } from './commands/rules.ts'
import { schemaCommand } from './commands/schema.ts'
import { showCommand } from './commands/show.ts'
import { sqlCommand } from './commands/sql.ts'
import { traceCommand } from './commands/trace.ts'

/** In the order of the daily job. Each loads what it needs only when it runs. */
export const commands = [
  collectCommand,
  importCommand,
  listCommand,
  getCommand,
  showCommand,
  checkCommand,
  checksCommand,
  explainCommand,
  traceCommand,
  flowsCommand,
  diffCommand,
  logCommand,
  blameCommand,
  reportCommand,
  sqlCommand,
  schemaCommand,
  rulesCommand,
  packCommand,
  pruneCommand,
  fsckCommand,
  completionCommand
]
