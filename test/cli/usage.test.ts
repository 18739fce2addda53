import test from 'ava'
import { commands } from '../../src/cli/commands.ts'
import { importedSamples, snap } from '../support/cli.ts'

/** A wrong command line: one sentence that says what to write instead, and exit status 2. */

let folder: string
test.before(async () => {
  folder = await importedSamples()
})

const WRONG: [args: string[], says: string][] = [
  [['check', '-s', 'today', '-s', 'yesterday'], 'check: -s is given 2 times (today, yesterday); give it once'],
  [['sql', 'select 1', '-o', 'json', '-o', 'csv'], 'sql: -o is given 2 times (json, csv); give it once'],
  [['report', '--csv', 'a', '--csv', 'b'], 'report: --csv is given 2 times (a, b); give it once'],
  [['list', '--store', 'a', '--store', 'b'], 'list: --store is given 2 times (a, b); give it once'],
  [['check', '-s'], 'check: -s needs a value'],
  [['import', '--text'], 'import: --text needs a value'],
  [['import', '--text', 'a', '--at'], 'import: --at needs a value'],
  [['check', '--checks'], 'check: --checks needs a value'],
  [['check', '--store'], 'check: --store needs a value'],
  [['check', '--fail-on'], 'check: --fail-on needs a value'],
  [
    ['show', 'servcie', 'x'],
    'show: <kind> cannot be "servcie"; it can be service, endpoints, endpointslice, pod, node, daemonset, ingress, ingressroute, gatewayclass, gateway, httproute, grpcroute, tlsroute, tcproute, udproute, referencegrant, networkpolicy, namespace, chain, snapshot; did you mean service?'
  ],
  [
    ['list', '-o', 'jso'],
    'list: --output cannot be "jso"; it can be table, csv, tsv, json, jsonl, markdown; did you mean json?'
  ],
  [['rules', '--dump', 'a', '--node', 'b'], 'rules: give --dump or --node, not both'],
  [['foo'], 'there is no command foo; "snap --help" lists them'],
  [['shwo', 'pod'], 'there is no command shwo; did you mean show? "snap --help" lists them'],
  [['show'], 'show: which kind? "snap show --help" shows how to ask'],
  [['diff'], 'diff: which before? "snap diff --help" shows how to ask'],
  [
    ['collect', '--transport', 'shh'],
    'collect: --transport cannot be "shh"; it can be auto, daemonset, exec, debug, ssh, command, local, none; did you mean ssh?'
  ],
  [['report'], 'report: write what? give --html FILE or --csv DIR'],
  [['list', 'foo'], 'list: nothing to do with foo: "snap list" takes no more words'],
  [['check', '--snapshto=x'], 'check: no option --snapshto; did you mean --snapshot?'],
  [['check', '-x'], 'check: no option -x'],
  [['sql', '--', '-1'], '-1: a word after -- cannot begin with a dash; write ./-1 for a file, " -1" for all else']
]
for (const [args, says] of WRONG) {
  test(`snap ${args.join(' ')}`, async (t) => {
    const { status, stdout, stderr } = await snap(folder, args)
    t.deepEqual({ status, stdout, stderr }, { status: 2, stdout: '', stderr: `snap: ${says}\n` })
  })
}

test('an option that may be given several times takes one value each, and leaves the rest alone', async (t) => {
  const { status, stdout } = await snap(folder, ['diff', '--kind', 'node', '--kind', 'ingress', 'latest~1', 'latest'])
  t.is(status, 0)
  t.regex(stdout, /no difference/)
})

test("what follows -- is the command's own", async (t) => {
  const { stdout } = await snap(folder, ['diff', '--kind', 'node', '--', 'latest~1', 'latest'])
  t.regex(stdout, /^2026-11-22T12-00-00Z → 2026-11-23T12-00-00Z: no difference/)
})

for (const command of commands.map(({ command }) => String(command).split(' ')[0]!)) {
  test(`snap ${command} -h says what it does, with examples`, async (t) => {
    const { status, stdout } = await snap(folder, [command, '-h'])
    t.is(status, 0)
    t.regex(stdout, /\n\n\S.*\n\n/)
    t.regex(stdout, /\nExamples:\n {2}.*snap /)
    t.deepEqual(
      stdout.split('\n').filter((line) => line.length > 100),
      []
    )
  })
}
