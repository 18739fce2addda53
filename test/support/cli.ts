import { execFile } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout, from dist/test/support. */
export const root = fileURLToPath(new URL('../../../', import.meta.url))

export interface CommandResult {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the built program as a user would, in `folder`. */
export function snap(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<CommandResult> {
  return new Promise((resolve) => {
    const options = { cwd: folder, env: { ...process.env, TZ: 'UTC', ...env }, maxBuffer: 2 ** 28 }
    execFile(process.execPath, [join(root, 'dist/bin/snap.js'), ...args], options, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr })
    })
  })
}

export function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'snap-test-'))
}

/** A folder with the sample snapshots imported into snap.db. */
export async function importedSamples(): Promise<string> {
  const folder = await temporaryFolder()
  const { status, stderr } = await snap(folder, ['import', '--archive', join(root, 'snapshots')])
  if (status !== 0) throw new Error(stderr)
  return folder
}
