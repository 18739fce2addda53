/** Real shells, with the script that snap prints for them, complete names out of a real store. */

import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { importedSamples, root, snap, temporaryFolder } from '../support/cli.ts'

let folder: string
test.before(async () => {
  folder = await importedSamples()
  // Imported last, and the oldest: names are those of the latest.
  await snap(folder, [
    'import',
    '--text',
    join(root, 'snapshots/traefik-incident.txt'),
    '--node',
    'kube-master',
    '--at',
    '2021-02-03T10:00Z'
  ])
  mkdirSync(join(folder, 'bin'))
  writeFileSync(
    join(folder, 'bin/snap'),
    `#!/bin/sh\nexec ${process.execPath} ${join(root, 'dist/bin/snap.js')} "$@"\n`
  )
  chmodSync(join(folder, 'bin/snap'), 0o755)
})

function has(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`])
    return true
  } catch {
    return false
  }
}

const run = (shell: string, args: readonly string[], script: string) =>
  execFileSync(shell, [...args, script], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
      HOME: folder,
      SNAP_STORE: join(folder, 'snap.db')
    }
  })
    .split('\n')
    .filter((line) => line !== '')

/** Prints what the shell would offer for the last word of a command line. */
const SHELLS: Readonly<Record<string, (words: readonly string[]) => string[]>> = {
  bash: (words) =>
    run(
      'bash',
      ['--norc', '-c'],
      `source <(snap completion bash)
    COMP_WORDS=(snap ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}; _snap; printf '%s\\n' "\${COMPREPLY[@]}"`
    ),
  // compadd prints nothing outside of the line editor: it is replaced by what shows its words.
  zsh: (words) =>
    run(
      'zsh',
      ['-f', '-c'],
      `compdef() { :; }; compadd() { shift; print -l -- "$@"; }; _files() { print -l files; }
    source <(snap completion zsh); words=(snap ${words.map((word) => `'${word}'`).join(' ')}); CURRENT=${words.length + 1}; _snap`
    ),
  fish: (words) =>
    run('fish', ['--no-config', '-c'], `snap completion fish | source; complete -C 'snap ${words.join(' ')}'`)
}

const CASES: [words: string[], offered: string[]][] = [
  [['bla'], ['blame']],
  [
    ['get', 'ingr'],
    ['ingress', 'ingresses', 'ingressroute', 'ingressroutes']
  ],
  [['get', 'svc', 'traefik-ns/'], ['traefik-ns/traefik']],
  [
    ['diff', '2026-11-2'],
    ['2026-11-22T12-00-00Z', '2026-11-23T12-00-00Z']
  ],
  [['check', 'SEP-ST'], ['SEP-STALE']],
  [
    ['get', 'pods', '--node', 'kube-w'],
    ['kube-worker1', 'kube-worker2']
  ],
  [['log', 'node/kube-m'], ['node/kube-master']],
  [
    ['list', '-o', 'js'],
    ['json', 'jsonl']
  ],
  [['check', '--fail'], ['--fail-on']],
  [['blame', 'KUBE-FORW'], ['KUBE-FORWARD']]
]

for (const [shell, complete] of Object.entries(SHELLS)) {
  const whenThere = has(shell) ? test : test.skip
  for (const [words, offered] of CASES) {
    whenThere(`${shell}: snap ${words.join(' ')}`, (t) =>
      t.deepEqual(
        complete(words)
          .map((line) => line.split('\t')[0]!)
          .sort(),
        offered
      )
    )
  }
}

test('where there is no store, or what is there is none, nothing is said', async (t) => {
  const empty = await temporaryFolder()
  writeFileSync(join(empty, 'junk.db'), 'no database')
  for (const store of ['none.db', 'junk.db', empty]) {
    t.deepEqual(await snap(empty, ['--complete', 'get', 'svc', ''], { SNAP_STORE: store }), {
      status: 0,
      stdout: '',
      stderr: ''
    })
  }
})

test('completing a command does not run it', async (t) => {
  const { stdout } = await snap(folder, ['--complete', 'prune', '--older-than', '1d', '--'])
  t.regex(stdout, /^--keep$/m)
  t.is((await snap(folder, ['get', 'snapshots', '-o', 'name'])).stdout.trim().split('\n').length, 3)
})
