import test from 'ava'
import { readPastedText } from '../../../src/parse/text/read.ts'

/** The same listing as it comes out of every usual shell, through every usual program, and in whatever a page or a mail makes of it. */

const LISTING = [
  'Chain KUBE-SERVICES (2 references)',
  'target     prot opt source               destination         ',
  'KUBE-SVC-AAAAAAAAAAAAAAAA  tcp  --  0.0.0.0/0            10.96.0.20           /* demo/web:http cluster IP */ tcp dpt:80'
]
const ASKED = 'iptables -t nat -nL KUBE-SERVICES'

type Whose = string | 'nobody' | null

function whose(text: string, onNode = false): Whose[] {
  const { iptables, unread } = readPastedText(text, { onNode })
  if (iptables.length === 0)
    return unread.some(({ message }) => message.startsWith('whether this ran')) ? ['nobody'] : []
  return iptables.map(({ node, pod, command, text: said }) =>
    command.table === 'nat' && said.includes('KUBE-SVC-AAAAAAAAAAAAAAAA') ? (pod ?? node) : 'misread'
  )
}

const PROMPTS: readonly (readonly [prompt: string, whose: Whose])[] = [
  ['root@node-a:~# ', 'node-a'],
  ['[root@node-a ~]# ', 'node-a'],
  ['[root@node-a~]# ', 'node-a'],
  ['user@node-a:~> ', 'node-a'],
  ['node-a:~ # ', 'node-a'],
  ['me@node-a ~ % ', 'node-a'],
  ['me@node-a ~> ', 'node-a'],
  ['$ ', null],
  ['# ', null],
  ['➜  ~ ', null],
  ['➜  demo git:(main) ✗ ', null],
  ['❯ ', null],
  ['PS C:\\Users\\me> ', null],
  ['C:\\>', null],
  ['node-a# ', null],
  ['/ # ', 'nobody'],
  ['~ # ', 'nobody'],
  ['sh-4.4# ', 'nobody'],
  ['bash-4.2# ', 'nobody'],
  ['root@0a1b2c3d4e5f:/# ', 'nobody']
]

for (const [prompt, expected] of PROMPTS) {
  test(`prompt ${prompt}`, (t) => {
    t.deepEqual(whose([`${prompt}${ASKED}`, ...LISTING].join('\n')), [expected])
    if (expected === 'nobody' && !prompt.includes('@'))
      t.deepEqual(whose([`${prompt}${ASKED}`, ...LISTING].join('\n'), true), [null])
  })
}

const WRAPPED: readonly (readonly [command: string, whose: Whose])[] = [
  [`sudo -E ${ASKED}`, 'here'],
  [`time sudo ${ASKED}`, 'here'],
  ['sudo /usr/sbin/iptables -tnat -nL KUBE-SERVICES', 'here'],
  [`ssh node-b ${ASKED}`, 'node-b'],
  [`ssh -i key -p 22 core@node-b sudo ${ASKED}`, 'node-b'],
  [`ssh node-b "${ASKED}"`, 'node-b'],
  [`docker exec -it demo-control-plane ${ASKED}`, 'demo-control-plane'],
  [`docker exec web ${ASKED}`, 'nobody'],
  [`docker run --rm -it --net=host image ${ASKED}`, 'nobody'],
  [`minikube ssh -- sudo ${ASKED}`, 'minikube'],
  [`minikube ssh -n minikube-m02 "sudo ${ASKED}"`, 'minikube-m02'],
  [`vagrant ssh node-b -c "sudo ${ASKED}"`, 'node-b'],
  [`nsenter -t 1 -m -n ${ASKED}`, 'here'],
  [`nsenter -t 4711 -n ${ASKED}`, 'nobody'],
  [`chroot /host ${ASKED}`, 'here'],
  [`ip netns exec blue ${ASKED}`, 'nobody'],
  [`crictl exec 0a1b2c ${ASKED}`, 'nobody'],
  [`oc debug node/node-b -- chroot /host ${ASKED}`, 'node-b'],
  [`kubectl debug node/node-b -it --image=busybox -- chroot /host ${ASKED}`, 'node-b'],
  [`kubectl exec -n demo web-1 -- ${ASKED}`, 'web-1'],
  [`KUBECONFIG=x kubectl exec -n demo web-1 -- sh -c '${ASKED}'`, 'web-1']
]

for (const [command, expected] of WRAPPED) {
  test(`through ${command}`, (t) => {
    t.deepEqual(whose([`root@node-a:~# ${command}`, ...LISTING].join('\n')), [
      expected === 'here' ? 'node-a' : expected
    ])
  })
}

const SHELLS: readonly (readonly [opened: string, prompt: string, whose: Whose])[] = [
  ['root@host:~# docker run -it --rm image bash', 'root@demo:/# ', 'nobody'],
  ['root@host:~# oc debug node/node-b', 'sh-4.4# ', 'node-b'],
  ['me@mac ~ % minikube ssh', '$ ', 'minikube'],
  ['me@mac ~ % ssh node-b', 'core@node-b:~$ ', 'node-b'],
  ['root@host:~# docker exec -it demo-worker bash', 'root@demo-worker:/# ', 'demo-worker']
]

for (const [opened, prompt, expected] of SHELLS) {
  test(`in the shell of ${opened}`, (t) => {
    t.deepEqual(whose([opened, `${prompt}${ASKED}`, ...LISTING].join('\n')), [expected])
  })
}

const SESSION = [`root@node-a:~# ${ASKED}`, ...LISTING]
const DRESSED: readonly (readonly [name: string, text: string])[] = [
  ['quoted', SESSION.map((line) => `> ${line}`).join('\n')],
  ['quoted twice', SESSION.map((line) => `> > ${line}`).join('\n')],
  ['numbered by cat -n', SESSION.map((line, index) => `     ${index + 1}\t${line}`).join('\n')],
  ['numbered by grep -n', SESSION.map((line, index) => `${index * 2 + 7}:${line}`).join('\n')],
  ['with times', SESSION.map((line) => `2026-11-22T10:00:00.123456789Z ${line}`).join('\n')],
  ['as comments', [SESSION[0], ...LISTING.map((line) => `# ${line}`)].join('\n')],
  ['with tabs', SESSION.map((line) => line.replaceAll(/ {2,}/g, '\t')).join('\n')],
  ['in HTML', SESSION.map((line) => line.replaceAll('"', '&quot;').replaceAll('  ', '&nbsp; ')).join('\n')],
  ['in a fence', ['```console', ...SESSION, '```'].join('\n')],
  [
    'with the escapes of markdown',
    SESSION.map((line) => line.replaceAll('-', '\\-').replaceAll('*', '\\*')).join('\n')
  ],
  ['with CRLF', SESSION.join('\r\n')]
]

for (const [name, text] of DRESSED) test(`a listing ${name}`, (t) => t.deepEqual(whose(text), ['node-a']))

test('counters and line numbers of a listing are no numbers of lines', (t) => {
  const rows = Array.from(
    { length: 9 },
    (_, index) =>
      `   ${index + 1}   720 KUBE-SVC-AAAAAAAAAAAAAAAA  all  --  *      *       0.0.0.0/0            0.0.0.0/0`
  )
  const [listing] = readPastedText(
    [`root@node-a:~# iptables -t nat -nvL KUBE-SERVICES | grep KUBE`, ...rows].join('\n')
  ).iptables
  t.true(listing!.text.includes('   9   720 KUBE-SVC'))
})
