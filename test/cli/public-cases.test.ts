import { existsSync } from 'node:fs'
import { cp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { root, temporaryFolder } from '../support/cli.ts'
import { snapHere } from '../support/in-process.ts'

/** Inputs of the shapes that people post in public threads: what must be said of each, and what must not. */

const folder = join(root, '../shared/cases/public')

/** How the file is given: as pasted text, as a node's dump in a folder, or to a command alone. */
type As = 'text' | 'text of node-a' | 'folder' | 'dump'

interface Case {
  readonly file: string
  readonly as: As
  /** Run after the import; FILE stands for the input. Without: what the import itself says. */
  readonly run?: string
  readonly says: readonly RegExp[]
  readonly never?: readonly RegExp[]
}

const WEB = 'trace 10.96.0.20:80 --node node-a'
const DUMP = 'trace 10.96.0.20:80 --dump FILE --node-ip 192.0.2.10'
const RULES = 'sql -o csv "select table_name, chain, target from rules" -s latest'

const CASES: readonly Case[] = [
  // A table that is in the text and not followed.
  { file: '35', as: 'text', run: WEB, says: [/dropped: filter FORWARD: policy DROP/], never: [/accepted/] },
  { file: '35', as: 'folder', run: WEB, says: [/dropped: filter FORWARD: policy DROP/] },
  { file: '35', as: 'dump', run: DUMP, says: [/dropped: filter FORWARD: policy DROP/] },
  // What a listing does not show.
  {
    file: '34',
    as: 'text',
    run: 'check RULE-DUP RULE-UNREACHABLE',
    says: [/ 0 errors, 0 warnings/],
    never: [/delete/]
  },
  // A table, a backend, a line that is not in the input.
  {
    file: '01',
    as: 'folder',
    run: 'check FILTER-FLUSHED CANARY-MISSING',
    says: [/NOT SEEN/, /rules of node-a: partial: .*table filter/s, / 0 errors, 0 warnings/]
  },
  {
    file: '01',
    as: 'folder',
    run: 'trace 10.96.0.1:443',
    says: [/(if|unless) what stands in a table that the dump does not show/]
  },
  { file: '01', as: 'dump', run: 'trace 10.96.0.1:443 --dump FILE', says: [/no table filter/] },
  {
    file: '02',
    as: 'text',
    run: 'check RULE-UNREACHABLE RULE-MANGLED',
    says: [/RULE-MANGLED/, /KUBE-POSTROUTING/, /KUBE-SERVICES/],
    never: [/RULE-UNREACHABLE {2}/]
  },
  {
    file: '02',
    as: 'text',
    run: 'trace 10.96.0.20:9999 --proto udp --node node-a',
    says: [/(if|unless) KUBE-SERVICES rule 1: its matches/]
  },
  { file: '04', as: 'text', says: [/later listing/] },
  { file: '04', as: 'text', run: 'trace 10.96.0.30:80 --node node-a', says: [/KUBE-SVC-BBBBBBBBBBBBBBBB/] },
  { file: '05', as: 'text of node-a', run: RULES, says: [/nat,KUBE-SERVICES,KUBE-SVC-AAAAAAAAAAAAAAAA/] },
  { file: '07', as: 'folder', run: WEB, says: [/(if|unless|unknown)/], never: [/^└─ accepted: [^;]*$/m] },
  { file: '07', as: 'dump', run: DUMP, says: [/(if|unless|unknown)/, /KUBE-SERVICES/] },
  { file: '09', as: 'text', run: RULES, says: [/PREROUTING,KUBE-SERVICES/], never: [/Jan/] },
  { file: '10', as: 'text', run: RULES, says: [/^nat,KUBE-SERVICES/m], never: [/-nL/] },
  { file: '11', as: 'dump', run: DUMP, says: [/(if|unless|unknown).*legacy/is] },
  { file: '11', as: 'folder', run: WEB, says: [/(if|unless|unknown|taken for granted).*legacy/is] },
  { file: '11', as: 'folder', run: 'check BACKEND-MIX', says: [/legacy/] },
  { file: '32', as: 'text', says: [/whether this ran on a node or in a/], never: [/0a1b2c3d4e5f/] },
  // Messages.
  { file: '14', as: 'text', says: [/2 services/], never: [/unknown namespace/] },
  {
    file: '14',
    as: 'text',
    run: 'sql -o csv "select namespace, service from services" -s latest',
    says: [/default,web/]
  },
  { file: '15', as: 'text of node-a', run: RULES, says: [/nat,KUBE-SERVICES,KUBE-SVC-AAAAAAAAAAAAAAAA/] },
  { file: '15', as: 'text', says: [/--node|whether this ran/], never: [/no kubectl table/] },
  { file: '13', as: 'text', says: [/line 7/] },
  { file: '18', as: 'text', says: [/EndpointSlices?|endpointslices|does not read/], never: [/--no-headers/] },
  { file: '21b', as: 'text', run: 'sql -o csv "select service from services" -s latest', says: [/web/] },
  {
    file: '26',
    as: 'dump',
    run: 'rules --dump FILE',
    says: [/option --random-fu of target MASQUERADE is not known/],
    never: [/: target MASQUERADE/]
  },
  { file: '24', as: 'folder', run: RULES, says: [/nat,KUBE-SERVICES,KUBE-NODEPORTS/] },
  { file: '24', as: 'dump', run: 'rules --dump FILE', says: [/KUBE-NODEPORTS/] },
  {
    file: '30',
    as: 'dump',
    run: 'trace 192.0.2.10:80 --node-ip 192.0.2.10 --dump FILE',
    says: [/rejected/],
    never: [/with icmp-host-prohibited with/]
  },
  // Text that was not taken.
  { file: '17', as: 'text', run: RULES, says: [/nat,KUBE-SERVICES,KUBE-SVC-A/, /nat,KUBE-SEP-A{16},DNAT/] },
  { file: '19', as: 'dump', run: DUMP, says: [/10\.244\.1\.17:8080/] },
  { file: '21', as: 'text', run: RULES, says: [/nat,KUBE-SERVICES,KUBE-SVC-AAAAAAAAAAAAAAAA/] },
  { file: '21', as: 'text', run: 'sql -o csv "select node from coverage" -s latest', says: [/demo-worker/] },
  { file: '23', as: 'text', run: 'check', says: [/SVC-NO-ENDPOINTS[^]*demo\/web/, /192\.0\.2\.100/] },
  { file: '31', as: 'text', run: 'check', says: [/192\.0\.2\.11[^]*node-b|node-b[^]*192\.0\.2\.11/] },
  { file: '25a', as: 'text of node-a', run: RULES, says: [/nat,KUBE-SERVICES,KUBE-NODEPORTS/] },
  { file: '25c', as: 'text of node-a', run: RULES, says: [/nat,KUBE-SERVICES,KUBE-NODEPORTS/] },
  { file: '25d', as: 'text of node-a', run: RULES, says: [/nat,KUBE-SERVICES,KUBE-SVC-A/] }
]

for (const [index, one] of CASES.entries()) {
  const file = join(folder, `${one.file}.txt`)
  const title = `${one.file} as ${one.as}: ${one.run ?? 'import'} (${index})`
  if (!existsSync(file)) {
    test.skip(`${title}: needs the public cases`, () => {})
    continue
  }
  test.serial(title, async (t) => {
    const work = await temporaryFolder()
    const imported = await take(work, file, one.as)
    const run = one.run?.match(/"[^"]*"|\S+/g)?.map((word) => word.replaceAll('"', '').replace('FILE', file))
    const { stdout, stderr } = run ? await snapHere([...run, '--store', join(work, 'snap.db')]) : imported
    const said = `${stdout}\n${stderr}`
    for (const pattern of one.says) t.regex(said, pattern)
    for (const pattern of one.never ?? []) t.notRegex(said, pattern)
  })
}

async function take(work: string, file: string, as: As): Promise<{ stdout: string; stderr: string }> {
  if (as === 'dump') return { stdout: '', stderr: '' }
  const at = ['--at', '2026-11-22T10:00Z', '--store', join(work, 'snap.db')]
  if (as === 'folder') {
    await mkdir(join(work, 'd'))
    await cp(file, join(work, 'd', 'iptables-save-node-a.txt'))
    return snapHere(['import', join(work, 'd'), ...at])
  }
  return snapHere(['import', '--text', file, ...(as === 'text' ? [] : ['--node', 'node-a']), ...at])
}
