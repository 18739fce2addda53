import { command } from '../../command.ts'
import * as options from '../../options.ts'
import type { CollectArguments } from './collect-options.ts'

export const collectCommand = command<CollectArguments>({
  command: 'collect',
  describe: 'take a snapshot of a cluster into the archive folder',
  builder: (yargs) =>
    yargs
      .option('archive', options.archive)
      .option('transport', {
        type: 'string',
        choices: ['auto', 'daemonset', 'exec', 'debug', 'ssh', 'command', 'local', 'none'],
        default: 'auto',
        requiresArg: true,
        describe:
          "how each node's iptables are read: auto picks; daemonset: our pods (deploy/); exec: others' pods on the nodes; debug: a pod made for it; ssh; command: an argv of yours; local: this machine is the node"
      })
      .option('selector', {
        type: 'string',
        requiresArg: true,
        default: 'k8s-app=kube-proxy',
        describe: 'exec: label of the host-network pods to use'
      })
      .option('pod-namespace', {
        type: 'string',
        requiresArg: true,
        default: 'kube-system',
        describe: 'exec: their namespace; debug: the namespace to create pods in'
      })
      .option('container', { type: 'string', requiresArg: true, describe: 'exec: their container' })
      .option('image', { type: 'string', requiresArg: true, describe: 'debug: an image with a shell and iptables' })
      .option('command', {
        type: 'string',
        array: true,
        requiresArg: true,
        describe: 'command: one word of the argv; repeat for each word; {node} and {address} are replaced'
      })
      .option('ssh-user', {
        type: 'string',
        requiresArg: true,
        describe: 'ssh: the user (default: as in your ssh config)'
      })
      .option('ssh-port', { type: 'string', requiresArg: true, describe: 'ssh: the port' })
      .option('ssh-identity', { type: 'string', requiresArg: true, describe: 'ssh: the key file' })
      .option('ssh-sudo', { type: 'boolean', default: false, describe: 'ssh: read the tables with sudo' })
      .option('ssh-address', {
        type: 'string',
        choices: ['name', 'InternalIP', 'ExternalIP'],
        default: 'name',
        describe: "ssh: which of a node's names to connect to"
      })
      .option('node', { type: 'string', requiresArg: true, describe: 'local: the name of this node in the cluster' })
      .option('pods', {
        type: 'string',
        choices: ['none', 'svclb', 'traefik', 'backends', 'all'],
        default: 'traefik',
        describe:
          "whose sockets to read by exec: svclb pods, those and Traefik's, those and all Services' endpoints, or all"
      })
      .option('conntrack', {
        type: 'boolean',
        default: false,
        describe: "also collect the nodes' connection tracking tables"
      })
      .option('context', { type: 'string', requiresArg: true, describe: "kubectl's --context" })
      .option('kubeconfig', { type: 'string', requiresArg: true, describe: "kubectl's --kubeconfig" })
      .option('kubectl', { type: 'string', requiresArg: true, default: 'kubectl', describe: 'the kubectl to run' })
      .option('cluster', {
        type: 'string',
        requiresArg: true,
        describe: 'name of the cluster (default: as in the kubeconfig)'
      })
      .option('timeout', {
        type: 'string',
        requiresArg: true,
        default: '120',
        describe: 'time limit in seconds for one try of one command or request'
      })
      .option('retries', {
        type: 'string',
        requiresArg: true,
        default: '3',
        describe: 'number of retries after errors that may be temporary'
      })
      .option('deadline', {
        type: 'string',
        default: '1800',
        requiresArg: true,
        describe: 'time limit in seconds for the run; items not read by then are recorded as failed'
      })
      .option('concurrency', {
        type: 'string',
        requiresArg: true,
        default: '4',
        describe: 'number of commands and requests in parallel'
      })
      .option('page-size', {
        type: 'string',
        requiresArg: true,
        default: '500',
        describe: 'objects per page of a list'
      })
      .option('verbose', { type: 'boolean', default: false, describe: "show what is chosen, and the snapshot's path" })
      .option('import', { type: 'boolean', default: false, describe: 'then import new snapshots into the store' })
      .option('check', {
        type: 'boolean',
        default: false,
        describe: 'then import and check; prints only findings that count for --fail-on'
      })
      .option('fail-on', {
        type: 'string',
        choices: ['error', 'warn', 'none'],
        default: 'warn',
        describe: 'check: the lowest severity that makes the exit status 1'
      })
      .option('suppress', { type: 'string', requiresArg: true, describe: 'check: a file of findings to leave out' })
      .option('checks', {
        type: 'string',
        array: true,
        requiresArg: true,
        describe: 'check: a folder with your own .sql checks'
      })
      .option('keep', { type: 'string', requiresArg: true, describe: 'then remove old snapshots: "7 daily, 4 weekly"' })
      .option('textfile', {
        type: 'string',
        requiresArg: true,
        describe: "write metrics for Prometheus' node exporter"
      })
      .example('snap collect --transport exec', "through kube-proxy's own pods (kubeadm)")
      .example('snap collect --transport ssh --ssh-user root', 'k3s: kube-proxy has no pod')
      .example('0 * * * *  snap collect --config /etc/snap.yaml --check', 'a crontab line')
      .epilogue(
        'Exit status: 0 complete; 1 --check has findings; 3 some items failed, the snapshot says which; 2 nothing could be read or kept; 75 another run is in progress; 130, 143 interrupted. See docs/collect.md.\nNo Secret is read, and environment values and applied-configuration annotations never reach the disk.'
      ),
  async handler(args) {
    const { collectSnapshot } = await import('./collect.ts')
    await collectSnapshot(args)
  }
})
