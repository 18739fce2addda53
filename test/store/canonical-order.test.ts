import test from 'ava'
import fc from 'fast-check'
import { canonicalOrder } from '../../src/store/rules/canonical-order.ts'

/** Rules as kube-proxy 1.20 puts them into KUBE-SERVICES: two of one key, and the one that must stay last. */
const masquerade = (n: number) =>
  `! -s 10.42.0.0/16 -d 10.43.0.${n}/32 -p tcp -m comment --comment "demo/s${n} cluster IP" -m tcp --dport 80 -j KUBE-MARK-MASQ`
const jump = (n: number) =>
  `-d 10.43.0.${n}/32 -p tcp -m comment --comment "demo/s${n} cluster IP" -m tcp --dport 80 -j KUBE-SVC-${n}`
const nodePorts = '-m addrtype --dst-type LOCAL -j KUBE-NODEPORTS'

const stored = (texts: string[]) => [...canonicalOrder(texts).rules]

test('the order of Services is one for all dumps', (t) => {
  fc.assert(
    fc.property(fc.shuffledSubarray([1, 2, 3, 4, 5, 6], { minLength: 6 }), (services) => {
      const dump = [...services.flatMap((n) => [masquerade(n), jump(n)]), nodePorts]
      t.deepEqual(stored(dump), stored([1, 2, 3, 4, 5, 6].flatMap((n) => [masquerade(n), jump(n)]).concat(nodePorts)))
    })
  )
})

test('rules of one key keep their order, and differ from the other order', (t) => {
  const right = stored([masquerade(1), jump(1)])
  t.true(right.indexOf(masquerade(1)) < right.indexOf(jump(1)))
  t.notDeepEqual(stored([jump(1), masquerade(1)]), right)
})

test('a rule that may overlap others stays where it is', (t) => {
  t.is(stored([jump(2), nodePorts, jump(1)])[1], nodePorts)
  t.deepEqual(stored([nodePorts, jump(1)]), [nodePorts, jump(1)])
  t.deepEqual(stored([jump(1), nodePorts]), [jump(1), nodePorts])
})

test("the dump's own order comes back from the positions", (t) => {
  fc.assert(
    fc.property(fc.shuffledSubarray([1, 2, 3, 4, 5, 6]), (services) => {
      const dump = [...services.flatMap((n) => [masquerade(n), jump(n)]), nodePorts]
      const { rules, positions } = canonicalOrder(dump)
      const back: string[] = []
      rules.forEach((text, index) => (back[positions ? positions[index]! : index] = text))
      t.deepEqual(back, dump)
    })
  )
})

test('a rule that comes or goes leaves the ranks of the others', (t) => {
  const ranks = (texts: string[]) =>
    new Map(canonicalOrder(texts).rules.map((text, index) => [text, canonicalOrder(texts).ranks[index]]))
  const before = ranks([masquerade(1), jump(1), masquerade(3), jump(3), nodePorts])
  const after = ranks([masquerade(2), jump(2), masquerade(1), jump(1), masquerade(3), jump(3), nodePorts])
  for (const [text, rank] of before) t.is(after.get(text), rank)
})
