import test from 'ava'
import { snap } from '../../support/cli.ts'
import { nodeItem, storeOfSample } from '../../support/sample.ts'

const RULESET = 'table inet firewalld {\n}\n'

/** What SNAP-INCOMPLETE says of nft rulesets. */
async function found(...said: readonly ReturnType<typeof nodeItem>[]): Promise<unknown[]> {
  const { stdout } = await snap(await storeOfSample((items) => [...items, ...said]), [
    'check',
    'SNAP-INCOMPLETE',
    '-o',
    'json'
  ])
  return [...stdout.matchAll(/"message":\s*"([^"]*nft-ruleset[^"]*)"/g)].map(([, message]) => message)
}

test('a ruleset that is kept and not interpreted is not missing', async (t) => {
  t.deepEqual(
    await found(nodeItem('kube-master', 'nft-ruleset', RULESET), nodeItem('kube-worker1', 'nft-ruleset', '')),
    []
  )
})

test('a ruleset that was cut off is', async (t) => {
  t.deepEqual(
    await found(
      nodeItem('kube-master', 'nft-ruleset', RULESET, 'no end within 120 s'),
      nodeItem('kube-worker1', 'nft-ruleset', RULESET)
    ),
    ['only part of the nft-ruleset: no end within 120 s']
  )
})
