/** What a stranger's archive holds must not run when somebody presses TAB: not out of a store, and not in the line editor of a real shell. */

import { execFile, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { completions } from '../../src/cli/commands/completion/complete.ts'
import { SCRIPTS } from '../../src/cli/commands/completion/scripts.ts'
import { commands } from '../../src/cli/commands.ts'
import { loadSqlite } from '../../src/store/sqlite.ts'
import { temporaryFolder } from '../support/cli.ts'
import { storeOfSample } from '../support/sample.ts'

const HOSTILE = [
  '$(touch pwned)',
  '$(touch${IFS}pwned)',
  '`touch pwned`',
  ';touch pwned;#',
  '&touch pwned&',
  "'$(touch pwned)'",
  '"$(touch pwned)"',
  '<(touch pwned)',
  '(touch pwned)',
  '{a,$(touch pwned)}',
  '*?[a]~$HOME',
  '!!',
  '\\$(touch pwned)',
  '${x:=$(touch pwned)}',
  '$((a[$(touch pwned)]))',
  '-option',
  'with blank'
]

/** Every place whose words come from the store, and the statement that puts a name there. */
const PLACES: [words: string[], sql: string, good: string][] = [
  [['get', 'svc', ''], 'UPDATE _service SET service = ?', 'demo/extip'],
  [['get', 'svc', ''], 'UPDATE _service SET namespace = ?', 'demo/extip'],
  [['get', 'svc', '-n', ''], 'UPDATE _pod SET namespace = ?', 'demo'],
  [['get', 'pods', ''], 'UPDATE _pod SET pod = ?', ''],
  [['get', 'nodes', ''], 'UPDATE _node SET node = ?', 'kube-master'],
  [['trace', 'service/'], 'UPDATE _service SET service = ?', 'service/demo/extip'],
  [['check', '--node', ''], 'UPDATE _part SET node = ?', 'kube-master'],
  [['blame', ''], 'UPDATE _chain_key SET chain = ?', 'KUBE-FORWARD'],
  [['log', 'chain/'], 'UPDATE _chain_key SET chain = ?', 'chain/KUBE-FORWARD'],
  [['show', 'chain', 'kube-master', ''], 'UPDATE _chain_key SET chain = ?', 'KUBE-FORWARD'],
  [['check', '-s', ''], 'UPDATE _snapshot SET name = ?', '2026-11-22T12-00-00Z']
]

test('only names that Kubernetes, snap or a chain may have are offered', async (t) => {
  const folder = await storeOfSample((items) => items)
  const file = join(folder, 'snap.db')
  for (const [words, sql, good] of PLACES) {
    const title = `${words.join(' ')} | ${sql}`
    const offered = completions(words, commands, file)
    t.true(offered.includes(good) || good === '', `${title}: ${good}`)
    const database = new (loadSqlite())(file)
    database.pragma('foreign_keys = OFF')
    database.exec('BEGIN')
    const [, table] = /UPDATE (\w+)/.exec(sql)!
    const rows = database.prepare(`SELECT rowid FROM ${table} ORDER BY rowid DESC`).pluck().all() as number[]
    HOSTILE.slice(0, rows.length).forEach((name, at) => database.prepare(`${sql} WHERE rowid = ?`).run(name, rows[at]))
    database.exec('COMMIT')
    const after = completions(words, commands, file)
    database.close()
    for (const word of after) t.regex(word, /^[A-Za-z0-9][\w.:/~-]*$/, title)
  }
})

/** A snap that offers for `wN` what stands in the file N, raw, and notes what it was run with. */
const FAKE = `#!/bin/sh
case "$1" in
completion) cat "$FAKE/script.$2" ;;
--complete) while [ $# -gt 1 ]; do shift; done; cat "$FAKE/offer/$1" 2> /dev/null ;;
*) for word; do printf '%s\\0' "$word"; done >> "$FAKE/ran"; printf '\\n\\0' >> "$FAKE/ran" ;;
esac
`

const SHELLS: Readonly<Record<string, { command: string; load: string }>> = {
  bash: { command: 'bash --norc --noprofile -i', load: 'source <(snap completion bash)' },
  zsh: { command: 'zsh -f -i', load: 'autoload -U compinit; compinit -u; source <(snap completion zsh)' },
  fish: { command: 'fish --no-config -i', load: 'snap completion fish | source' }
}

const hasAll = (...programs: string[]): boolean =>
  programs.every((program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0)

/** Types the lines into the shell on a terminal of its own; what snap was run with, each time. */
async function typed(shell: string, lines: readonly string[], prepare: (folder: string) => void): Promise<Typed> {
  const folder = await temporaryFolder()
  const home = join(folder, 'home')
  for (const name of ['bin', 'home', 'offer']) mkdirSync(join(folder, name))
  writeFileSync(join(folder, 'bin/snap'), FAKE)
  chmodSync(join(folder, 'bin/snap'), 0o755)
  for (const [name, script] of Object.entries(SCRIPTS)) writeFileSync(join(folder, `script.${name}`), script)
  prepare(folder)
  const { command, load } = SHELLS[shell]!
  const before = readdirSync(home)
  await new Promise((resolve) => {
    const env = { PATH: `${join(folder, 'bin')}:${process.env.PATH}`, HOME: home, FAKE: folder, TERM: 'dumb' }
    const child = execFile('script', ['-qec', command, '/dev/null'], { cwd: home, env }, resolve)
    child.stdin!.end([load, ...lines, 'exit', ''].join('\n'))
  })
  const ran = existsSync(join(folder, 'ran')) ? readFileSync(join(folder, 'ran'), 'utf8') : ''
  return {
    ran: ran
      .split('\0\n\0')
      .filter((each) => each !== '')
      .map((each) => each.split('\0')),
    made: readdirSync(home).filter(
      (name) => !before.includes(name) && !/^\.(config|local|cache|zcompdump|bash_history)/.test(name)
    )
  }
}

interface Typed {
  readonly ran: readonly string[][]
  /** Files that were not there before. */
  readonly made: readonly string[]
}

/** As the words of a command, however the shell quotes them; a shell may let the one or other untouched, but runs none. */
function sameWords(t: ExecutionContext, { ran, made }: Typed, names: readonly string[], least: number): void {
  t.deepEqual(made, [])
  const completed = ran.filter((words, at) => words[2] === names[at]).length
  t.true(completed >= least, `${completed} of ${names.length} completed: ${JSON.stringify(ran)}`)
}

for (const shell of Object.keys(SHELLS)) {
  const whenThere = hasAll(shell, 'script') ? test : test.skip
  // A shell's line editor expands `!!` and braces before it runs a line: quoted ones are not.
  const names = HOSTILE.map((name, at) => `w${String.fromCharCode(97 + at)}${name}`)
  whenThere(`${shell}: what snap prints is completed as a word, quoted, and nothing of it runs`, async (t) => {
    const lines = names.map((name) => `snap get svc ${name.slice(0, 2)}\t`)
    const result = await typed(shell, lines, (folder) => {
      for (const name of names) writeFileSync(join(folder, 'offer', name.slice(0, 2)), `${name}\n`)
    })
    sameWords(t, result, names, names.length)
  })

  whenThere(`${shell}: and so are the names of files`, async (t) => {
    const lines = names.map((name) => `snap import x ${name.slice(0, 2)}\t`)
    const result = await typed(shell, lines, (folder) => {
      for (const name of names) writeFileSync(join(folder, 'home', name), '')
    })
    sameWords(t, result, names, names.length)
  })
}
