/** Whatever stands in a manifest, a file of settings, a node's file or a pasted text: no command ends with a defect. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import fc from 'fast-check'
import { stringify } from 'yaml'
import { MARK } from '../collect/cluster-fixture.ts'
import { root, temporaryFolder } from '../support/cli.ts'
import { snapInside } from '../support/inside.ts'
import { aChange, type Change, changed } from '../support/odd-values.ts'

/** More where somebody looks for faults: SNAP_FUZZ=500. */
const RUNS = Number(process.env.SNAP_FUZZ ?? 20)
const SAMPLE = join(root, 'snapshots/2026-11-22T12-00-00Z')

test.serial('each field of the manifest', async (t) => {
  const folder = join(await temporaryFolder(), '2026-11-22T12-00-00Z')
  cpSync(SAMPLE, folder, { recursive: true })
  const manifest = JSON.parse(readFileSync(join(SAMPLE, 'manifest.json'), 'utf8')) as object
  await property(t, async (changes) => {
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify(changes.reduce(changed, manifest)))
    await ends(t, ['import', folder], /manifest\.json|2026-11-22T12-00-00Z/)
  })
})

const SETTINGS = {
  archive: 'snapshots',
  store: 'snap.db',
  collect: { transport: 'ssh', 'ssh-port': 22, pods: 'svclb', timeout: 10, retries: 1, command: ['sh', '-c', 'true'] }
}

test.serial('each setting of snap.yaml', async (t) => {
  const folder = await temporaryFolder()
  const file = join(folder, 'snap.yaml')
  await property(t, async (changes) => {
    writeFileSync(file, stringify(changes.reduce(changed, SETTINGS)))
    await ends(t, ['list', '--config', file], /snap\.yaml|--store|snap\.db|store/)
  })
})

const DUMP = `*nat
:PREROUTING ACCEPT [1:60]
:KUBE-SERVICES - [0:0]
[3:180] -A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
COMMIT`

const NODE_FILE = `snap-node 2 ${MARK}
host kube-master
boot 5bd8b5a0-6f5c-4a5e-9a53-1c2f0d3b7f11
start 2026-11-22T12:00:00Z
run iptables-save - iptables-save -c
${DUMP}
${MARK} messages
# Warning: iptables-legacy tables present, use iptables-legacy-save to see them
${MARK} exit 0
run sysctls - cat /proc/sys/net/ipv4/ip_forward
net.ipv4.ip_forward = 1
${MARK} messages

${MARK} exit 0
end 2026-11-22T12:00:01Z
`

for (const [name, text, args] of [
  ["a node's file", NODE_FILE, []],
  [
    'a pasted text',
    readFileSync(join(root, 'snapshots/traefik-incident.txt'), 'utf8'),
    ['--node', 'kube-master', '--at', '2021-02-03T10:00Z']
  ]
] as const) {
  test.serial(`each word of ${name}`, async (t) => {
    const folder = await temporaryFolder()
    const file = join(folder, 'input.txt')
    await property(t, async (changes) => {
      writeFileSync(file, changes.reduce(withOddWord, text))
      await ends(t, ['import', ...(args.length > 0 ? ['--text', file] : [file]), ...args], /input\.txt/)
    })
  })
}

async function property(t: ExecutionContext, holds: (changes: readonly Change[]) => Promise<void>): Promise<void> {
  await fc.assert(fc.asyncProperty(fc.array(aChange, { minLength: 1, maxLength: 4 }), holds), {
    numRuns: RUNS,
    endOnFailure: true,
    includeErrorInReport: true
  })
  t.pass()
}

/** With 0, or with 2 and one line that names the file. */
async function ends(t: ExecutionContext, args: string[], names: RegExp): Promise<void> {
  const store = join(await temporaryFolder(), 'snap.db')
  const { status, stderr } = await snapInside([...args, ...(args[0] === 'import' ? ['--store', store] : [])])
  if (status === 0) return
  t.is(status, 2, stderr)
  t.regex(stderr, names)
  t.notRegex(stderr, /^\s+at /m)
}

function withOddWord(text: string, { place, value, how }: Change): string {
  const words = text.split(/(\s)/)
  const at = (place * 2) % words.length
  const word = typeof value === 'string' ? value : JSON.stringify(value)
  if (how === 'remove') words.splice(at, 2)
  else if (how === 'double') words.splice(at, 0, words[at]!, ' ')
  else words[at] = how === 'add' ? `${words[at]}${word}` : word
  return words.join('')
}
