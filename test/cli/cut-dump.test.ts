import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import test from 'ava'
import { root, snap, temporaryFolder } from '../support/cli.ts'

test('a dump that was cut: the text begins with the line, and keeps short', async (t) => {
  const folder = await temporaryFolder()
  const whole = gunzipSync(
    await readFile(join(root, 'snapshots/2026-11-22T12-00-00Z/nodes/kube-master/iptables-save.txt.gz'))
  ).toString()
  const lines = whole.split('\n')
  const nat = lines.indexOf('*nat')
  const commit = lines.indexOf('COMMIT', nat)
  // In the middle of the rules of the first table that has Services' chains.
  await writeFile(join(folder, 'cut.txt'), `${lines.slice(nat, nat + Math.floor((commit - nat) / 2)).join('\n')}\n`)
  const { stdout } = await snap(folder, ['trace', '10.43.154.73:80', '--dump', 'cut.txt'])
  t.regex(stdout, /^the dump is cut at line \d+: it ends before COMMIT/)
  t.true(stdout.match(/^(?:if|unless) /gm)!.length <= 20, stdout)
  const json = JSON.parse(
    (await snap(folder, ['trace', '10.43.154.73:80', '--dump', 'cut.txt', '-o', 'json'])).stdout
  ) as { outcomes: unknown[] }
  t.true(json.outcomes.length > 0)
})
