/** Readers beside an import and a prune that go on and on: each answer is that of one state that the store had. */
import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { openStore } from '../../src/store/open.ts'
import { pruneStore } from '../../src/store/prune.ts'
import { type CommandResult, importedSamples, root, snap } from '../support/cli.ts'

/** How often each reader asks. */
const ROUNDS = Number(process.env.SNAP_ROUNDS ?? 1)
const COMES_AND_GOES = '2026-11-23T12-00-00Z'

const READERS: readonly (readonly string[])[] = [
  ['check', '-s', 'latest', '--compare', '2026-11-22', '-o', 'csv'],
  ['check', '--before', '2026-11-22', '-s', 'latest', '-o', 'csv'],
  ['diff', '2026-11-22', 'latest', '-o', 'json'],
  ['get', 'findings', '-s', 'latest', '-o', 'json'],
  ['report', '--csv', 'report', '-s', 'latest'],
  ['log', 'service/traefik-ns/traefik', '-o', 'json'],
  ['flows', '-s', 'latest', '-o', 'csv'],
  ['trace', 'http://kube-master:8087', '-s', 'latest'],
  ['sql', 'select snapshot, (select count(*) from rules), (select count(*) from coverage) from snapshots', '-o', 'csv'],
  ['fsck']
]

/** All that a command says: its status, its output, and the files that it writes. */
async function said(folder: string, command: readonly string[]): Promise<string> {
  const [file, number] = ['report', Math.random().toString(36).slice(2)]
  const own = command.map((word) => (word === file ? number : word))
  const { status, stdout, stderr }: CommandResult = await snap(folder, own)
  const tables = command.includes(file) && status < 2 ? filesOf(join(folder, number)) : ''
  return `${status}\n${stdout}\n${stderr}\n${tables}`.replaceAll(number, file)
}

function filesOf(folder: string): string {
  const text = readdirSync(folder).map((name) => `${name}\n${readFileSync(join(folder, name), 'utf8')}`)
  rmSync(folder, { recursive: true })
  return text.join('\n')
}

/** Brings the snapshot in, or takes it out and gives the space back, until it is ended. */
function writer(folder: string, does: 'import' | 'prune'): ChildProcess {
  const from = (path: string) => JSON.stringify(join(root, 'dist/src', path))
  const work = {
    import: `const { importSnapshot } = await import(${from('store/import/import-snapshot.js')})
      const { openSnapshot } = await import(${from('archive/open.js')})
      const work = async () => importSnapshot(store, await openSnapshot(${JSON.stringify(join(root, 'snapshots', COMES_AND_GOES))}), new Date(0))`,
    prune: `const { pruneStore, shrinkStore } = await import(${from('store/prune.js')})
      const work = async () => { pruneStore(store, ['${COMES_AND_GOES}']); store.exec('VACUUM') }`
  }[does]
  const script = `const { openStore } = await import(${from('store/open.js')})
    const { setTimeout } = await import('node:timers/promises')
    const store = openStore('snap.db')
    ${work}
    for (;;) { await work(); await setTimeout(Math.random() * 200) }`
  return spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit']
  })
}

test('every answer is that of one state, and none is refused', async (t) => {
  const folder = await importedSamples()
  const both = new Map<readonly string[], string[]>()
  for (const command of READERS) both.set(command, [await said(folder, command)])
  const store = openStore(join(folder, 'snap.db'))
  pruneStore(store, [COMES_AND_GOES])
  store.close()
  for (const command of READERS) both.get(command)!.push(await said(folder, command))
  const writers = [writer(folder, 'import'), writer(folder, 'prune')]
  try {
    for (let round = 0; round < ROUNDS; round++) {
      for (const command of READERS) {
        const answer = await said(folder, command)
        t.true(both.get(command)!.includes(answer), `${command.join(' ')}\n${answer.slice(0, 2000)}`)
      }
    }
    t.true(writers.every(({ exitCode, signalCode }) => exitCode === null && signalCode === null))
  } finally {
    for (const each of writers) each.kill('SIGKILL')
  }
})
