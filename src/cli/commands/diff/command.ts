import { SECTIONS, type Section } from '../../../ask/diff/change.ts'
import { command } from '../../command.ts'
import * as options from '../../options.ts'

interface Args {
  before: string
  after: string
  rules?: boolean
  counters?: boolean
  service?: string
  node?: string
  namespace?: string
  kind?: Section[]
  output: string
}

export const diffCommand = command<Args>({
  command: 'diff <before> [after]',
  describe: 'show what changed between two snapshots, by meaning',
  builder: (yargs) =>
    yargs
      .positional('before', {
        type: 'string',
        demandOption: true,
        describe: 'the earlier snapshot: yesterday, latest~1, a name'
      })
      .positional('after', { type: 'string', default: 'latest', describe: 'the later snapshot' })
      .option('rules', { type: 'boolean', describe: 'show the raw rules too, in iptables-save syntax with + and −' })
      .option('counters', {
        type: 'boolean',
        describe: 'show which frontends counted packets in between, and which counted none'
      })
      .option('service', { type: 'string', requiresArg: true, describe: 'only this Service: demo/web, or web' })
      .option('node', { type: 'string', requiresArg: true, describe: 'leave out changes of other nodes only' })
      .option('namespace', {
        alias: 'n',
        type: 'string',
        requiresArg: true,
        describe: 'only objects of this namespace'
      })
      .option('kind', {
        type: 'string',
        array: true,
        nargs: 1,
        describe: 'only this kind; may be given several times',
        choices: SECTIONS
      })
      .option('output', { ...options.output, choices: [...options.output.choices, 'html'] })
      .example('snap diff yesterday today', 'what changed')
      .example('snap diff latest~1 --service demo/web --rules', 'one Service, with its rules')
      .example('snap diff yesterday --kind service --kind pod', 'Services and pods, with the latest snapshot')
      .example('snap diff yesterday today --rules -o html > today.html', 'a page to pass on')
      .example('snap diff "2 days ago" yesterday -o json', 'for a program'),
  async handler(args) {
    const [
      { asking, findSnapshot },
      { diffSnapshots },
      { filterDiff },
      { placesIn },
      { printDiff },
      { requireKnown },
      { sayIfSame },
      { traffic },
      { progress }
    ] = await Promise.all([
      import('../../store/asking.ts'),
      import('../../../ask/diff/diff.ts'),
      import('../../../ask/diff/filter.ts'),
      import('../../../ask/diff/places.ts'),
      import('./diff.ts'),
      import('./names.ts'),
      import('../../store/same-snapshot.ts'),
      import('../../../ask/diff/traffic.ts'),
      import('../../terminal/progress.ts')
    ])
    await asking(args.store, async (store) => {
      const [before, after] = [await findSnapshot(store, args.before), await findSnapshot(store, args.after)]
      sayIfSame({ phrase: args.before, ...before }, { phrase: args.after, ...after })
      const filter = {
        ...(args.service !== undefined && { service: args.service }),
        ...(args.node !== undefined && { node: args.node }),
        ...(args.namespace !== undefined && { namespace: args.namespace }),
        ...(args.kind && { kinds: args.kind })
      }
      requireKnown(store, before.name, after.name, filter)
      progress(`comparing ${before.name} with ${after.name}`)
      const diff = filterDiff(diffSnapshots(store, before, after), filter, placesIn(store, before.name, after.name))
      const counted = args.counters === true ? { ...diff, traffic: traffic(store, before, after, filter) } : diff
      printDiff(counted, { format: args.output, rules: args.rules === true })
      if (diff.changes.length > 0) process.exitCode = 1
    })
  }
})
