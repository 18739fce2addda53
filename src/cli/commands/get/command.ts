import { KIND_LIST } from '../../../ask/get/kinds.ts'
import { command } from '../../command.ts'
import * as options from '../../options.ts'

interface Args {
  kind: string
  name?: string[]
  snapshot: string
  namespace?: string
  'all-namespaces'?: boolean
  node?: string
  selector?: string
  'sort-by'?: string
  headers: boolean
  output: string
}

export const getCommand = command<Args>({
  command: 'get <kind> [name..]',
  describe: 'list what a snapshot holds, as kubectl get does',
  builder: (yargs) =>
    yargs
      .positional('kind', {
        type: 'string',
        demandOption: true,
        describe: KIND_LIST
      })
      .positional('name', { type: 'string', array: true, describe: 'only these: web, or demo/web' })
      .option('snapshot', options.snapshot)
      .option('namespace', {
        alias: 'n',
        type: 'string',
        requiresArg: true,
        describe: 'only this namespace (default: all)'
      })
      .option('all-namespaces', { alias: 'A', type: 'boolean', describe: 'all namespaces (the default)' })
      .option('node', { type: 'string', requiresArg: true, describe: 'only what is on this node' })
      .option('selector', {
        alias: 'l',
        type: 'string',
        requiresArg: true,
        describe: 'only objects with these labels: app=web,tier!=db'
      })
      .option('sort-by', {
        type: 'string',
        requiresArg: true,
        describe: 'a column of the table in "snap schema", or a path: labels.app'
      })
      .option('headers', {
        type: 'boolean',
        default: true,
        describe: 'print the line of headings (--no-headers: do not)'
      })
      .option('output', {
        ...options.output,
        choices: undefined,
        describe: 'table, wide, json, yaml, name, csv, tsv, jsonl, markdown, custom-columns=NAME:column,…'
      })
      .conflicts('namespace', 'all-namespaces')
      .example('snap get svc -n traefik-ns -o wide -s yesterday', 'the Services of a namespace, as they were')
      .example('snap get pods --node kube-worker2 --sort-by ip', 'the pods of a node')
      .example('snap get svc demo/web -o yaml', 'all that the snapshot says of one')
      .example('snap get svc -l app=web -o custom-columns=NAME:service,PORT:ports[0].port', 'columns of your own')
      .example('snap get rules --node kube-master -o jsonl | jq .text', 'for a program'),
  async handler(args) {
    const [{ asking, findSnapshot }, { getObjects, readKind }] = await Promise.all([
      import('../../store/asking.ts'),
      import('./get.ts')
    ])
    const question = { ...args, names: args.name ?? [] }
    const { kind } = readKind(question)
    await asking(args.store, async (store) =>
      getObjects(store, kind.name === 'snapshots' ? undefined : await findSnapshot(store, args.snapshot), question)
    )
  }
})
