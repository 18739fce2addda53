import { blameCommand } from './commands/blame/command.ts'
import { checkCommand } from './commands/check/command.ts'
import { checksCommand } from './commands/checks/command.ts'
import { collectCommand } from './commands/collect/command.ts'
import { completionCommand } from './commands/completion/command.ts'
import { diffCommand } from './commands/diff/command.ts'
import { explainCommand } from './commands/explain/command.ts'
import { flowsCommand } from './commands/flows/command.ts'
import { fsckCommand } from './commands/fsck/command.ts'
import { getCommand } from './commands/get/command.ts'
import { importCommand } from './commands/import/command.ts'
import { listCommand } from './commands/list/command.ts'
import { logCommand } from './commands/log/command.ts'
import { packCommand } from './commands/pack/command.ts'
import { pruneCommand } from './commands/prune/command.ts'
import { reportCommand } from './commands/report/command.ts'
import { rulesCommand } from './commands/rules/command.ts'
import { schemaCommand } from './commands/schema/command.ts'
import { showCommand } from './commands/show/command.ts'
import { sqlCommand } from './commands/sql/command.ts'
import { traceCommand } from './commands/trace/command.ts'

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
