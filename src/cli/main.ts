#!/usr/bin/env node
import { EXIT } from './exit-codes.ts'
import { run } from './run.ts'
import { endProgress } from './terminal/progress.ts'

// A reader that has seen enough (`| head`) closes the pipe; that is no error. A full disk is.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  endProgress()
  if (error.code === 'EPIPE') process.exit()
  process.stderr.write(`snap: the output cannot be written: ${error.message}\n`)
  process.exit(EXIT.failed)
})

process.exitCode = await run(process.argv.slice(2))
