import { command } from '../command.ts'
import * as options from '../options.ts'
import type { CollectArguments } from '../collecting.ts'

export const collectCommand = command<CollectArguments>({
  command: 'collect',
  describe: 'take a snapshot of a cluster into the archive folder',
  builder: (yargs) =>
    yargs
      .option('archive', options.archive)
      .option('transport', {
        type: 'string', choices: ['exec', 'ssh', 'local', 'none'], demandOption: true,
        describe: 'how each node\'s iptables are read: exec into a pod on the node, ssh, local (this machine is the node), none'
      })
      .option('selector', { type: 'string', requiresArg: true, default: 'k8s-app=kube-proxy', describe: 'exec: label of the host-network pods to use' })
      .option('pod-namespace', { type: 'string', requiresArg: true, default: 'kube-system', describe: 'exec: their namespace' })
      .option('container', { type: 'string', requiresArg: true, describe: 'exec: their container' })
      .option('ssh-user', { type: 'string', requiresArg: true, describe: 'ssh: the user (your ssh config\'s without)' })
      .option('ssh-port', { type: 'string', requiresArg: true, describe: 'ssh: the port' })
      .option('ssh-identity', { type: 'string', requiresArg: true, describe: 'ssh: the key file' })
      .option('ssh-sudo', { type: 'boolean', default: false, describe: 'ssh: read the tables with sudo' })
      .option('ssh-address', { type: 'string', choices: ['name', 'InternalIP', 'ExternalIP'], default: 'name', describe: 'ssh: which of a node\'s names to connect to' })
      .option('node', { type: 'string', requiresArg: true, describe: 'local: the name of this node in the cluster' })
      .option('pods', { type: 'string', choices: ['none', 'svclb', 'traefik', 'all'], default: 'traefik', describe: 'whose sockets to read by exec: svclb pods, those and Traefik\'s, or all' })
      .option('context', { type: 'string', requiresArg: true, describe: 'kubectl\'s --context' })
      .option('kubeconfig', { type: 'string', requiresArg: true, describe: 'kubectl\'s --kubeconfig' })
      .option('kubectl', { type: 'string', requiresArg: true, default: 'kubectl', describe: 'the kubectl to run' })
      .option('cluster', { type: 'string', requiresArg: true, describe: 'name the cluster (the kubeconfig\'s name without)' })
      .option('timeout', { type: 'string', requiresArg: true, default: '60', describe: 'seconds one command may take' })
      .option('concurrency', { type: 'string', requiresArg: true, default: '4', describe: 'commands at a time' })
      .example('snap collect --transport exec', 'through kube-proxy\'s own pods (kubeadm)')
      .example('snap collect --transport ssh --ssh-user root', 'k3s: kube-proxy has no pod')
      .example('0 * * * *  snap collect --transport local --node kube-master && snap import', 'a crontab line')
      .epilogue('Exit status: 0 whole; 3 some items failed, the snapshot says which; 2 nothing could be read.\nNo Secret is read, and environment values and applied-configuration annotations never reach the disk.'),
  async handler(args) {
    const { collectSnapshot } = await import('../collecting.ts')
    await collectSnapshot(args)
  }
})
