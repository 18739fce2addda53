/** The first word by which a shell asks what the last of the words after it may become. */
export const COMPLETE = '--complete'

/**
 * What each shell has to read once. Where snap knows nothing, the shell offers files. What snap prints is data: no shell may expand it
 * (`compgen -W` would), and what is put into the command line is quoted for it.
 */
export const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `# snap's completion for bash: source <(snap completion bash)
_snap() {
  local word="\${COMP_WORDS[COMP_CWORD]}" found
  COMPREPLY=()
  while IFS= read -r found; do
    if [[ "$found" == "$word"* ]]; then
      printf -v found %q "$found"
      COMPREPLY+=("$found")
    fi
  done < <(snap ${COMPLETE} "\${COMP_WORDS[@]:1:COMP_CWORD}" 2> /dev/null)
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
function _snap
  set -l word (commandline -ct)
  set -l words (commandline -opc) "$word"
  set -l found (snap ${COMPLETE} $words[2..] 2> /dev/null)
  if set -q found[1]
    printf '%s\\n' $found
  else
    __fish_complete_path "$word"
  end
end
complete -c snap -f -a '(_snap)'
`
}
