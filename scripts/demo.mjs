// The main job on the sample snapshots: what the README's first command runs.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'

await import('./install.mjs')
execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', '.'], { stdio: 'inherit' })
execFileSync(process.execPath, ['scripts/bundle.mjs'], { stdio: 'inherit' })

rmSync('demo', { recursive: true, force: true })
mkdirSync('demo')

say('Two snapshots of a three-node cluster, a day apart, and what an operator once pasted from a terminal.')
snap('import')
snap('import', '--text', 'snapshots/traefik-incident.txt', '--node', 'kube-master', '--at', '2021-02-03T10:00Z')
snap('list')

say('What changed from the first day to the second?')
snap('diff', '2026-11-22', '2026-11-23')

say('What is wrong on the second day?')
snap('check', '-s', '2026-11-23')

say('How does http://kube-master:8087 reach a pod? First as the operator pasted it, then in the snapshot.')
snap('trace', 'http://kube-master:8087', '-s', '2021-02-03')
snap('trace', 'http://kube-master:8087', '-s', '2026-11-23')

say('The same for a Service whose rules one node never updated.')
snap('trace', 'service/demo/web', '-s', '2026-11-23')

say('A page to look at in any browser.')
snap('report', '--html', 'demo/report.html', '-s', '2026-11-23')

say('Tables for an audit, and the store for any question.')
snap('report', '--csv', 'demo/report', '-s', '2026-11-23')
snap(
  'sql',
  'select node, kind, count(*) as chains, sum(rules) as rules from chains where node is not null group by 1, 2 order by 4 desc limit 8',
  '-s',
  '2026-11-23'
)

say('All of this is in ./demo. Next: node dist/bin/snap.js --help')

function say(text) {
  console.log(`\n# ${text}`)
}

/** Shows a command and runs it. Findings (check) and differences (diff) exit with 1, which is no failure here. */
function snap(...args) {
  console.log(`\n$ snap ${args.map((arg) => (/[\s*]/.test(arg) ? `"${arg}"` : arg)).join(' ')}`)
  const { status } = spawnSync(process.execPath, ['dist/bin/snap.js', ...args], {
    stdio: 'inherit',
    env: { ...process.env, SNAP_STORE: 'demo/snap.db' }
  })
  if (status > 1) {
    console.error(`snap ${args[0]} ended with ${status}`)
    process.exit(status)
  }
}
