# bash completion of heapreel: it asks "heapreel complete", which knows commands, options, keys and lessons.
# Sourced at each start, or on the first Tab from /usr/share/bash-completion/completions/heapreel.

_heapreel() {
    local line=${COMP_LINE:0:COMP_POINT} word candidate cut
    local -a words
    read -ra words <<< "$line"
    [[ $line == *[[:space:]] ]] && words+=("")
    word=${words[${#words[@]} - 1]}
    # bash takes = and : for ends of words, so it wants only what follows the last of them.
    cut=
    [[ $word == *[=:]* ]] && cut=${word%"${word##*[=:]}"}
    COMPREPLY=()
    while IFS=$'\t' read -r candidate _; do
        if [[ $candidate == :files ]]; then
            compopt -o filenames
            mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "${word#"$cut"}")
        else
            [[ $candidate == *= ]] && compopt -o nospace
            COMPREPLY+=("${candidate#"$cut"}")
        fi
    done < <("${words[0]}" complete -- "${words[@]:1}" 2> /dev/null)
}

complete -F _heapreel heapreel
