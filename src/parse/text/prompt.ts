/** A shell prompt as it stands in pasted text. */
export interface Prompt {
  /** As printed: `root@kube-master:/home/master#`. */
  readonly text: string
  /** `kube-master`; null where the prompt names no host. */
  readonly host: string | null
  /** Whether it is a prompt of a shell in a small image: `/ #`, `~ $`, `bash-5.1#`. */
  readonly container: boolean
  /** Where it begins, and where the command after it begins. */
  readonly start: number
  readonly end: number
}

/** Commands after which a lone `#` or `$` is taken for a prompt and not for a heading or a price. */
const COMMANDS =
  `kubectl k3s k0s rke2 oc k kubecolor microk8s(?:\\.kubectl)? minikube sudo doas time ip6?tables(?:-legacy|-nft)?(?:-save)? netstat ss ip nft conntrack ipset
  ipvsadm cat ls cd exit logout echo docker podman crictl ctr nerdctl helm ping curl wget dig nslookup host nc telnet ps date hostname uname
  grep egrep awk head tail systemctl journalctl for watch ssh vagrant nsenter chroot sh bash ash tcpdump traceroute arp route ifconfig
  sysctl lsof env id whoami pwd`
    .split(/\s+/)
    .join('|')

/**
 * `root@host:/path#`, `[root@host path]$`, `[root@host~]#`, `me@mac ~ %`, `user@host:~>`; `host:~ #`; then `/path #`, `~ $`, `bash-5.1#`;
 * `PS C:\>`, `C:\>`; then `#`, `$`, `➜  ~`, `❯` alone.
 */
const PROMPT = new RegExp(
  String.raw`(?<=^|\s)(?:(?:` +
    String.raw`(?<named>\[?[A-Za-z_][\w.-]{0,31}@(?<host>[\w.-]{1,63}?)(?:(?:[:~]|[ ](?=[~/\w]))[^\s#$\]]{0,200})?\]?[ ]?(?:[#$]|(?<=[~\w/] )%|(?<=[:~/][^\s]{0,200})>))` +
    String.raw`|(?<suse>(?<suseHost>[a-zA-Z0-9][\w.-]{0,62}):[~/][^\s#$]{0,200} ?[#>])` +
    String.raw`|(?<container>(?:/[^\s#$]{0,200}|~) [#$]|(?:ba)?sh-[\d.]+[#$])` +
    String.raw`|(?<bare>[#$❯λ»]|➜ {1,3}\S{1,64}(?: git:\(\S{0,64}\))?(?: ✗)?|PS(?: [^\n>]{0,200})?>|[\w.-]{1,63}[#>](?=[ \t]))` +
    String.raw`)(?:[ \t]+|$)|(?<windows>[A-Z]:\\[^>\n]{0,200}>)[ \t]*)(?=(?<command>(?:[A-Za-z_]\w*=\S{0,200}[ \t]+){0,5}(?:\S{0,200}/)?(?:${COMMANDS})(?:\.exe)?(?=\s|$))?)`,
  'g'
)

/**
 * The prompts of a line, in order. One that names a host or a container is a prompt anywhere before a word;
 * a lone `#` or `$` only before a command known here.
 */
export function findPrompts(line: string): Prompt[] {
  return [...line.matchAll(PROMPT)].flatMap((match) => {
    const { named, suse, suseHost, container, bare, windows, command } = match.groups!
    const text = named ?? suse ?? container ?? bare ?? windows ?? ''
    const host = match.groups!['host'] ?? suseHost ?? null
    const known = command !== undefined || named !== undefined || (match.index === 0 && container !== undefined)
    if (!known) return []
    return [{ text, host, container: container !== undefined, start: match.index, end: match.index + match[0].length }]
  })
}
