# shellcheck shell=bash
# Completion for weir in bash: commands, their options, and what an option takes
# where that is a file, yes or no, or a type of service. It knows no command by
# itself, but asks `weir --help`, so it fits the weir that is installed. `make
# install` puts it where bash-completion finds it; without that, source it.

# All commands, a line each: "serve", "key add".
_weir_commands()
{
	"$1" --help 2>/dev/null |
		sed -n 's/^  \([a-z]\{1,\}\( [a-z]\{1,\}\)\{0,1\}\)  .*/\1/p'
}

# _weir_command LIST: leaves in _weir_name which command of the list the line is
# about. False when its name is not complete: then _weir_begun is what there is of
# it in front of the cursor. --env and its file, and `weir help`, are no part of a
# name, but where help is all there is.
_weir_command()
{
	local i words="" help=no
	_weir_begun=""
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		--env) [[ ${COMP_WORDS[i + 1]} == "=" ]] || i=$((i + 1)) ;;
		"=") i=$((i + 1)) ;;
		-*) ;;
		help) help=yes ;;
		*)
			words+=${words:+ }${COMP_WORDS[i]}
			if grep -qxF -- "$words" <<<"$1"; then
				read -ra _weir_name <<<"$words"
				return 0
			fi
			;;
		esac
	done
	_weir_begun=${words:+$words }
	[[ $help$words == yes && ${COMP_WORDS[COMP_CWORD]} == -* ]] || return 1
	_weir_name=(help)
}

# _weir_value PROGRAM OPTION WORD: what an option with such a value may be.
# False when the option takes none.
_weir_value()
{
	local value
	value=$("$1" --help "${_weir_name[@]}" 2>/dev/null |
		sed -n "s/^  $2 \([A-Z][^ ]*\).*/\1/p")
	case $value in
	"") return 1 ;;
	*FILE)
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$3")
		;;
	FOLDER)
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -d -- "$3")
		;;
	YES-OR-NO) mapfile -t COMPREPLY < <(compgen -W "yes no" -- "$3") ;;
	TYPE)
		[[ ${_weir_name[0]} != service ]] || _weir_types "$1" "$3"
		;;
	esac
}

_weir_types()
{
	mapfile -t COMPREPLY < <(compgen -W "$("$1" service types 2>/dev/null |
		sed -n '2,$s/ .*//p')" -- "$2")
}

_weir()
{
	local program=${COMP_WORDS[0]} word=${COMP_WORDS[COMP_CWORD]}
	local option=${COMP_WORDS[COMP_CWORD - 1]} commands
	local _weir_begun="" _weir_name=()
	COMPREPLY=()
	commands=$(_weir_commands "$program")
	if [[ $word == "=" ]]; then
		word=""
	elif [[ $option == "=" ]] && ((COMP_CWORD > 2)); then
		option=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	if [[ $option == --env ]]; then
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
	elif ! _weir_command "$commands"; then
		mapfile -t COMPREPLY < <(compgen -W "$(
			sed -n "s/^$_weir_begun\([a-z]*\).*/\1/p" <<<"$commands" |
				sort -u
			[[ -n $_weir_begun ]] || echo --env --help --version
		)" -- "$word")
	elif [[ $option == --* ]] && _weir_value "$program" "$option" "$word"; then
		return
	elif [[ $word == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$("$program" --help "${_weir_name[@]}" |
			sed -n 's/^  \(--[a-z-]*\).*/\1/p')" -- "$word")
	elif [[ ${_weir_name[*]} == "service types" ]]; then
		_weir_types "$program" "$word"
	fi
}

complete -F _weir weir
