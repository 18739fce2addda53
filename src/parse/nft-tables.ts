/** The tables in what `nft list tables` or `nft list table …` printed: `ip kube-proxy`. */
export function readNftTables(text: string): string[] {
  return [...text.matchAll(/^table (\S+) (\S+)/gm)].map(([, family, name]) => `${family} ${name}`)
}
