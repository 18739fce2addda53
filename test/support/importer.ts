import { dumpText } from '../../scripts/bench/dump.ts'
import { Days } from '../../scripts/bench/services.ts'
import { importSnapshot } from '../../src/store/import/import-snapshot.ts'
import { openStore } from '../../src/store/open.ts'
import { dumpSnapshot } from './dump-snapshot.ts'

// A process of its own for tests: imports days into a store; with `stop` it says so in the middle of the first and waits.
const [file, ...words] = process.argv.slice(2)
const stop = words[0] === 'stop'
const store = openStore(file!)
for (const number of words.filter((word) => word !== 'stop').map(Number)) {
  const days = new Days({ services: 40, endpoints: 3 }, { part: 0.1, replaced: 1 })
  for (let today = 0; today < number; today++) days.next()
  const snapshot = dumpSnapshot(
    number,
    ['a', 'b'].map((node, index) => ({
      node,
      text: dumpText(days.services, { node: index, seed: number, counters: 'all' })
    }))
  )
  await importSnapshot(
    store,
    {
      ...snapshot,
      async read(item) {
        if (stop && item.node === 'b') {
          process.stdout.write('in the middle\n')
          await new Promise((resolve) => setTimeout(resolve, 600_000))
        }
        return snapshot.read(item)
      }
    },
    new Date(0)
  )
}
store.close()
