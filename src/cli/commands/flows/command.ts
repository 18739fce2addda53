import { command } from '../../command.ts'
import * as options from '../../options.ts'

export const flowsCommand = command<{ snapshot: string; node?: string; service?: string; output: string }>({
  command: 'flows',
  describe: 'list where the rules of each node send the packets of each Service',
  builder: (yargs) =>
    yargs
      .option('snapshot', options.snapshot)
      .option('node', { type: 'string', requiresArg: true, describe: 'only this node' })
      .option('service', { type: 'string', requiresArg: true, describe: 'only this Service: demo/web' })
      .option('output', options.output)
      .example('snap flows -s yesterday -o csv', 'everything')
      .example(
        'snap sql "select node, count(*) from flows where verdict <> \'accepted\' group by 1" -s latest',
        'the same table in SQL'
      ),
  async handler(args) {
    const [
      { asking, findSnapshot },
      { scopeTo },
      { fillFlows },
      { flowRows },
      { forPeople },
      { print, talk },
      { progress }
    ] = await Promise.all([
      import('../../store/asking.ts'),
      import('../../../ask/sql/scope.ts'),
      import('../../../ask/flows/fill.ts'),
      import('../../../ask/flows/rows.ts'),
      import('../../../report/flows.ts'),
      import('../../terminal/print.ts'),
      import('../../terminal/progress.ts')
    ])
    await asking(args.store, async (store) => {
      const { name } = await findSnapshot(store, args.snapshot)
      scopeTo(store, name)
      progress(`following the packets of ${name}`)
      fillFlows(store, [name])
      const { remarks, ...rows } = flowRows(store, {
        ...(args.node !== undefined && { node: args.node }),
        ...(args.service !== undefined && { service: args.service })
      })
      for (const remark of remarks) talk(`snap: ${remark}`)
      print(args.output === 'table' ? forPeople(rows) : rows, args.output)
    })
  }
})
