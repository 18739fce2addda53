#!/bin/sh
# Prints what one node (or one pod's network) says of its packet filter, addresses and listening sockets, as one text.
# Needs a POSIX shell and sed; reads only, writes no file, loads no kernel module. Run as root:
#
#   sh collect-node.sh > node-a.txt                 all
#   sh collect-node.sh iptables sockets             these parts only; parts: iptables addresses sockets
#
# snap runs it through `kubectl exec`, ssh or locally; docs/snapshot-format.md describes the text.
LC_ALL=C
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/var/lib/rancher/k3s/data/current/bin/aux:/var/lib/rancher/k3s/data/current/bin
export LC_ALL PATH
exec 3>&1

# run KIND BACKEND COMMAND...: its output with `|` before each line, an empty line, its messages with `!`, its exit code.
# The output goes straight through; only the messages are held, with the exit code at their end.
run() {
  run_kind=$1 run_backend=$2
  shift 2
  echo "run $run_kind $run_backend $*"
  messages=$({ { "$@" </dev/null; echo "snap-exit $?" >&2; } | sed 's/^/|/' >&3; } 2>&1)
  code=${messages##*snap-exit }
  messages=${messages%snap-exit *}
  echo
  [ -z "$messages" ] || printf '%s\n' "$messages" | sed 's/^/!/'
  echo "exit $code"
  return "$code"
}

has() {
  command -v "$1" >/dev/null 2>&1
}

# The backend that PROGRAM speaks to: 1.8 and later say so, before there was only one.
backend_of() {
  has "$1" || return 0
  case $("$1" -V 2>/dev/null) in *nf_tables*) echo nft ;; *) echo legacy ;; esac
}

# iptables-nft-save makes the kernel load nf_tables, and klipper-lb goes by whether it is loaded: leave it as it is.
# /proc/kallsyms names it also when it is built in.
may_ask() {
  [ "$1" = legacy ] || grep -q ' nf_tables_gettable' /proc/kallsyms 2>/dev/null
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

if ! has sed; then
  echo 'collect-node.sh: no sed here' >&2
  exit 127
fi
echo 'snap-node 1'
echo "host $(uname -n)"
echo "boot $(cat /proc/sys/kernel/random/boot_id 2>/dev/null)"
echo "start $(date -u +%Y-%m-%dT%H:%M:%SZ)"
for part in ${*:-iptables addresses sockets}; do
  case $part in
    iptables)
      tables iptables
      tables ip6tables
      ;;
    addresses)
      run ip-address - ip -json address
      run ip-route - ip -json route
      ;;
    sockets) sockets ;;
    *)
      echo "collect-node.sh: no such part: $part (iptables addresses sockets)" >&2
      exit 2
      ;;
  esac
done
echo "end $(date -u +%Y-%m-%dT%H:%M:%SZ)"
exit 0
