#!/bin/sh
# Prints what one node (or one pod's network) says of its packet filter, addresses, settings and listening sockets, as one text.
# Needs a POSIX shell and nothing else; reads only, writes no file, loads no kernel module. Run as root:
#
#   sh collect-node.sh > node-a.txt                 all but conntrack
#   sh collect-node.sh iptables sockets             these parts only
#
# Parts: iptables addresses sockets settings conntrack.
# snap runs it through `kubectl exec`, ssh or locally; docs/snapshot-format.md describes the text.
LC_ALL=C
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/var/lib/rancher/k3s/data/current/bin/aux:/var/lib/rancher/k3s/data/current/bin
export LC_ALL PATH
exec 3>&1

# What ends each output: no program can print it by chance, since it is drawn anew each time.
read -r mark </proc/sys/kernel/random/uuid || exit 1

# Seconds that one program may take. After one that took longer, the others get less.
limit=60
impatient=5

# bounded COMMAND...: runs a program, and ends it with all it started when it takes longer than `limit`, or when this script is gone.
# Both are sessions of their own where there is setsid. Without sleep nothing is bounded.
bounded() {
  if ! has sleep || ! has "$1"; then
    "$@" </dev/null
    return
  fi
  if has setsid; then
    setsid "$@" </dev/null &
    program=$!
    setsid sh -c "$watch" sh "$program" "-$program" "$limit" "$$" </dev/null >/dev/null 2>&1 3>&- &
  else
    "$@" </dev/null &
    program=$!
    sh -c "$watch" sh "$program" "$program" "$limit" "$$" </dev/null >/dev/null 2>&1 3>&- &
  fi
  watcher=$!
  wait "$program" 2>/dev/null
  program_exit=$?
  case $program_exit in 137 | 143) wait "$watcher" || echo "$1: no end within $limit s" >&2 ;; esac
  return "$program_exit"
}

# The words: the program, what to end, after how many seconds, and for whom it runs. Looks each second, so that it is soon gone too.
watch='left=$3
while kill -0 "$1" 2>/dev/null && kill -0 "$4" 2>/dev/null && [ "$left" -gt 0 ]; do
  sleep 1
  left=$((left - 1))
done
kill -0 "$1" 2>/dev/null || exit 0
kill -TERM "$2"
sleep 1
kill -KILL "$2"
exit 1'

# run KIND BACKEND COMMAND...: its output as it is, its messages and its exit code, each after the mark on a line of its own.
# Where `shown` is set, it is told as the command: a function here has no meaning elsewhere.
run() {
  run_kind=$1 run_backend=$2
  shift 2
  echo "run $run_kind $run_backend ${shown:-$*}"
  [ -n "$shown" ] || set -- bounded "$@"
  shown=
  messages=$({ "$@" </dev/null >&3; echo "snap-exit $?" >&2; } 2>&1)
  code=${messages##*snap-exit }
  case $messages in *": no end within $limit s"*) limit=$impatient ;; esac
  printf '\n%s messages\n%s\n%s exit %s\n' "$mark" "${messages%snap-exit *}" "$mark" "$code"
  return "$code"
}

has() {
  command -v "$1" >/dev/null 2>&1
}

# A kernel function's name is there when its module is loaded or built in.
kernel_has() {
  grep -q " $1" /proc/kallsyms 2>/dev/null
}

# The backend that PROGRAM speaks to: 1.8 and later say so, before there was only one.
backend_of() {
  has "$1" || return 0
  case $(bounded "$1" -V 2>/dev/null) in *nf_tables*) echo nft ;; *) echo legacy ;; esac
}

# iptables-nft-save and nft make the kernel load nf_tables, and klipper-lb goes by whether it is loaded: leave it as it is.
may_ask() {
  [ "$1" = legacy ] || kernel_has nf_tables_gettable
}

# The tables of one address family: as the node's own program sees them, then those of the backend that one does not see.
tables() {
  run "$1-save" - "$1-save" -c
  seen=$(backend_of "$1-save")
  for backend in legacy nft; do
    if [ "$backend" != "$seen" ] && has "$1-$backend-save" && may_ask "$backend"; then
      run "$1-save" "$backend" "$1-$backend-save" -c
    fi
  done
}

# The nft tables that iptables does not show: those that are not named and built as iptables-nft's own.
foreign_tables() {
  bounded nft list tables | {
    count=0 status=0
    while [ "$status" -lt 128 ] && read -r _ family name; do
      case "$family $name" in
        ip\ filter | ip\ nat | ip\ mangle | ip\ raw | ip\ security | ip6\ filter | ip6\ nat | ip6\ mangle | ip6\ raw | ip6\ security) continue ;;
      esac
      count=$((count + 1))
      [ "$count" -le 200 ] || { echo 'more than 200 tables: the others are not here' >&2 && exit 1; }
      bounded nft -s list table "$family" "$name" || status=$?
    done
    exit "$status"
  }
}

packet_filter() {
  tables iptables
  tables ip6tables
  if has nft && may_ask nft; then
    run nft-tables - nft list tables
    shown='nft -s list table FAMILY NAME'
    run nft-ruleset - foreign_tables
  elif [ -s /proc/kallsyms ] && ! may_ask nft; then
    shown='nft list tables'
    run nft-tables - true
  fi
  if has ipset && kernel_has ip_set_nfnl_get; then run ipset-save - ipset save; fi
}

# Addresses and routes: of `ip`, or where an image has none, of the kernel's own tables.
addresses() {
  if has ip; then
    run ip-address - ip -json address
    run ip-route - ip -json route
  else
    shown='cat /proc/net/fib_trie /proc/net/route /proc/net/if_inet6 /proc/net/ipv6_route'
    run ip-proc - show_files /proc/net/fib_trie /proc/net/route /proc/net/if_inet6 /proc/net/ipv6_route
  fi
}

# Each file that is there, after its name.
show_files() {
  for file in "$@"; do
    [ ! -r "$file" ] || { echo "==> $file <=="; cat "$file" || return; }
  done
}

# The first program that is there and does it.
sockets() {
  if has ss && run sockets-ss - ss -lntu; then return; fi
  if has netstat && run sockets-netstat - netstat -lntu; then return; fi
  set -- /proc/net/tcp
  for file in /proc/net/tcp6 /proc/net/udp /proc/net/udp6; do
    [ ! -r "$file" ] || set -- "$@" "$file"
  done
  run sockets-proc - cat "$@"
}

# The kernel's settings that decide where packets go: each file with its value. Not with `read`, which takes a byte at a time:
# of most of these files there is no second byte to be had.
settings() {
  cd /proc/sys/net || return
  set --
  for file in ipv4/ip_forward ipv4/ip_nonlocal_bind ipv4/ip_local_port_range ipv4/vs/conntrack ipv4/vs/conn_reuse_mode \
    ipv4/vs/expire_nodest_conn bridge/bridge-nf-call-iptables bridge/bridge-nf-call-ip6tables netfilter/nf_conntrack_* \
    ipv4/conf/*/rp_filter ipv4/conf/*/route_localnet ipv4/conf/*/forwarding ipv4/conf/*/arp_ignore ipv4/conf/*/arp_announce \
    ipv6/conf/*/forwarding ipv6/conf/*/disable_ipv6; do
    [ ! -r "$file" ] || set -- "$@" "$file"
  done
  grep -H '' "$@"
}

# The programs' and the kernel's versions; kube-proxy's mode where it answers. A line that is missing is not known.
versions() {
  limit=$impatient
  echo "kernel: $(cat /proc/sys/kernel/osrelease)"
  for program in iptables iptables-legacy iptables-nft ip6tables nft ip ipset conntrack; do
    has "$program" && echo "$program: $(bounded "$program" -V 2>/dev/null || bounded "$program" --version 2>/dev/null)"
  done
  for ask in 'curl -sfm 2' 'wget -q -t 1 -T 2 -O -'; do
    # The two words of each are meant to be split.
    has "${ask%% *}" && mode=$(bounded $ask http://127.0.0.1:10249/proxyMode 2>/dev/null) && echo "kube-proxy mode: $mode" && break
  done
  return 0
}

# Both families, by name: without, older versions show IPv4 only.
connections() {
  bounded conntrack -L -o extended -f ipv4 && bounded conntrack -L -o extended -f ipv6
}

conntrack_table() {
  if has conntrack; then
    shown='conntrack -L -o extended'
    run conntrack - connections
  else
    run conntrack - cat /proc/net/nf_conntrack
  fi
}

for part in ${*:-iptables addresses sockets settings}; do
  case $part in
    iptables | addresses | sockets | settings | conntrack) ;;
    *)
      echo "collect-node.sh: no such part: $part (iptables addresses sockets settings conntrack)" >&2
      exit 2
      ;;
  esac
done
now() {
  date -u +%Y-%m-%dT%H:%M:%SZ 2>/dev/null || echo -
}
read -r host </proc/sys/kernel/hostname
read -r boot </proc/sys/kernel/random/boot_id
printf 'snap-node 2 %s\nhost %s\nboot %s\nstart %s\n' "$mark" "$host" "$boot" "$(now)"
for part in ${*:-iptables addresses sockets settings}; do
  case $part in
    iptables) packet_filter ;;
    addresses) addresses ;;
    sockets) sockets ;;
    settings)
      shown="grep -H '' FILE"
      run sysctls - settings
      shown='PROGRAM -V'
      run versions - versions
      ;;
    conntrack) conntrack_table ;;
  esac
done
echo "end $(now)"
exit 0
