import test from 'ava'
import { rulesOfDump } from '../../src/model/packet/dump.ts'
import { evaluate } from '../../src/model/packet/evaluate.ts'
import { ruleColumns } from '../../src/model/rule-columns.ts'
import { readSave } from '../../src/parse/iptables/save.ts'
import { PARSERS } from './linear/parsers.ts'

/** Words that every object of JavaScript answers to: in a table of words they stand for nothing. */
const INHERITED = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf']

for (const [name, { read, sample }] of Object.entries(PARSERS)) {
  test(`${name}: a word that objects inherit is a word like any other`, (t) => {
    for (const text of [...INHERITED, ...withOtherWords(sample)])
      t.is(
        defect(() => read(text)),
        null,
        text
      )
  })
}

const RULES = [
  '-p tcp -m tcp --dport 80 -m conntrack --ctstate NEW -j DNAT --to-destination 10.42.0.2:80',
  '-s 10.0.0.0/8 -i eth0 -m addrtype --dst-type LOCAL -m mark --mark 0x1/0x1 -j MARK --set-xmark 0x2/0xffffffff',
  '-p udp -m multiport --dports 53,54 -m limit --limit 5/sec -j REJECT --reject-with icmp-port-unreachable',
  '-m set --match-set KUBE-CLUSTER-IP dst,dst -m recent --rcheck --seconds 10 --name A --mask 255.255.255.255 -j A'
]

test('a packet passes rules of such words', (t) => {
  for (const rule of RULES) {
    for (const text of withOtherWords(rule)) {
      const dump = `*nat\n:PREROUTING ACCEPT [0:0]\n:A - [0:0]\n-A PREROUTING ${text}\nCOMMIT\n`
      const packet = { protocol: 'tcp', source: '10.1.1.1', destination: '10.43.0.1', destinationPort: 80 }
      t.is(
        defect(() => {
          ruleColumns(text)
          evaluate(rulesOfDump(readSave(dump), 4), { addresses: [] }, packet)
        }),
        null,
        text
      )
    }
  }
})

/** The text with each of its words in turn as another. */
function withOtherWords(text: string): string[] {
  const words = [...text.matchAll(/[A-Za-z_][\w-]*/g)]
  return words.flatMap(({ 0: word, index }) =>
    INHERITED.map((other) => text.slice(0, index) + other + text.slice(index + word.length))
  )
}

/** An error of the program itself, where a refusal of the text names what is wrong with it. */
function defect(run: () => unknown): string | null {
  try {
    run()
    return null
  } catch (error) {
    return error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError
      ? (error.stack ?? error.message)
      : null
  }
}
