/** The first word by which a shell asks what the last of the words after it may become. */
export const COMPLETE = '--complete'

/** What each shell has to read once. Where snap knows nothing, the shell offers files. */
export const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `# snap's completion for bash: source <(snap completion bash)
_snap() {
  local IFS=$'\\n' word="\${COMP_WORDS[COMP_CWORD]}"
  COMPREPLY=($(compgen -W "$(snap ${COMPLETE} "\${COMP_WORDS[@]:1:COMP_CWORD}" 2> /dev/null)" -- "$word"))
}
complete -o bashdefault -o default -F _snap snap
`,
  zsh: `#compdef snap
# snap's completion for zsh: source <(snap completion zsh), or a file _snap in a folder of $fpath
_snap() {
  local -a found
  found=("\${(@f)$(snap ${COMPLETE} "\${(@)words[2,CURRENT]}" 2> /dev/null)}")
  if [[ -n "\${found[1]}" ]]; then compadd -- "\${found[@]}"; else _files; fi
}
if [[ "\${funcstack[1]}" == _snap ]]; then _snap "$@"; else compdef _snap snap; fi
`,
  fish: `# snap's completion for fish: snap completion fish | source
complete -c snap -f -a '(set -l words (commandline -opc) (commandline -ct); snap ${COMPLETE} $words[2..] 2> /dev/null)'
`
}
