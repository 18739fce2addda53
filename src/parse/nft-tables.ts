const OF_IPTABLES = /^ip6? (?:filter|nat|mangle|raw|security)$/

/** The tables in what `nft list ruleset` or `nft list table …` printed, without those of iptables-nft: `ip kube-proxy`. */
export function readNftTables(text: string): string[] {
  return [...text.matchAll(/^table (\S+) (\S+)/gm)]
    .map(([, family, name]) => `${family} ${name}`)
    .filter((table) => !OF_IPTABLES.test(table))
}
