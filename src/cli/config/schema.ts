import * as v from 'valibot'

const text = v.pipe(v.string(), v.nonEmpty('is empty'))
const whole = (least: number) =>
  v.pipe(v.number(), v.integer('is no whole number'), v.minValue(least, `is less than ${least}`))
const described = <T extends v.GenericSchema>(schema: T, description: string) =>
  v.exactOptional(v.pipe(schema, v.description(description)))
const flag = (description: string) => described(v.boolean(), description)

/** The options of `snap collect`, by their own names. */
const collect = v.strictObject({
  transport: described(
    v.picklist(['auto', 'daemonset', 'exec', 'debug', 'ssh', 'command', 'local', 'none']),
    'how each node is reached'
  ),
  selector: described(text, 'exec: label of the host-network pods to use'),
  'pod-namespace': described(text, 'exec: their namespace; debug: where the pods are made'),
  container: described(text, 'exec: their container'),
  image: described(text, 'debug: an image with a shell and iptables'),
  command: described(v.pipe(v.array(text), v.minLength(1)), 'command: the argv; {node} and {address} are replaced'),
  'ssh-user': described(text, 'ssh: the user'),
  'ssh-port': described(whole(1), 'ssh: the port'),
  'ssh-identity': described(text, 'ssh: the key file'),
  'ssh-sudo': flag('ssh: read the tables with sudo'),
  'ssh-address': described(
    v.picklist(['name', 'InternalIP', 'ExternalIP']),
    "ssh: which of a node's names to connect to"
  ),
  node: described(text, 'local: the name of this node in the cluster'),
  pods: described(v.picklist(['none', 'svclb', 'traefik', 'backends', 'all']), 'whose sockets to read by exec'),
  conntrack: flag("the nodes' connection tracking tables too"),
  context: described(text, "kubectl's --context"),
  kubeconfig: described(text, "kubectl's --kubeconfig"),
  kubectl: described(text, 'the kubectl to run'),
  cluster: described(text, "the cluster's name"),
  timeout: described(whole(1), 'seconds one try of one command or request may take'),
  retries: described(whole(0), 'tries after the first'),
  deadline: described(whole(1), 'seconds for all of it'),
  concurrency: described(whole(1), 'commands and requests at a time'),
  'page-size': described(whole(1), 'objects a request for a list'),
  import: flag('bring what is new into the store'),
  check: flag('and look for what is wrong in it'),
  keep: described(text, 'and remove old snapshots: "7 daily, 4 weekly"'),
  textfile: described(text, "metrics for Prometheus' node exporter")
})

const check = v.strictObject({
  'fail-on': described(v.picklist(['error', 'warn', 'none']), 'the mildest finding that makes the exit status 1'),
  suppress: described(text, 'a file of findings to leave out'),
  checks: described(v.array(text), 'folders with checks of your own')
})

/** The file of settings. Sections are named as commands, settings as their options. */
export const configSchema = v.strictObject({
  store: described(text, 'the SQLite store'),
  archive: described(text, 'the folder of snapshots'),
  collect: v.exactOptional(collect),
  check: v.exactOptional(check)
})

export type Config = v.InferOutput<typeof configSchema>
