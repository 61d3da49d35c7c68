# fish completion of heapreel: it asks "heapreel complete", which knows commands, options, keys and lessons.

function __heapreel_complete
    set -l words (commandline --current-process --tokenize --cut-at-cursor) (commandline --current-token --cut-at-cursor)
    for candidate in ($words[1] complete -- $words[2..-1] 2>/dev/null)
        if test "$candidate" = :files
            set -l before (string match --regex '^--[^=]*=' -- $words[-1])
            set -l path (string replace -- "$before" '' $words[-1])
            for file in (__fish_complete_path $path)
                echo "$before$file"
            end
        else
            echo $candidate
        end
    end
end

complete --command heapreel --no-files --arguments '(__heapreel_complete)'
