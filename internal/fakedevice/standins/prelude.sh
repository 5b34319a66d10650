# Functions that stand for tools which get paths of the phone's files: a path is looked up under $ROOT.

# _script NAME ARG...: runs the code that stands for a command, if there is some.
_script() {
	[ -f "$FAKE/script/$1" ] || return 1
	_file=$FAKE/script/$1
	shift
	. "$_file"
}

# _old TOOL: whether this phone has no such tool.
_old() {
	[ -n "$OLDTOOLBOX" ] || return 1
	echo "sh: $1: not found" >&2
}

dd() {
	if [ -f "$FAKE/script/dd" ]; then _script dd "$@"; return; fi
	_left=$#
	while [ $_left -gt 0 ]; do
		case $1 in
		if=/*) set -- "$@" "if=$ROOT${1#if=}" ;;
		iflag=* | status=*)
			if [ -n "$NOIFLAG" ]; then
				echo "dd: unknown operand ${1%%=*}" >&2
				return 1
			fi
			set -- "$@" "$1" ;;
		*) set -- "$@" "$1" ;;
		esac
		shift
		_left=$((_left - 1))
	done
	command dd "$@"
}

# stat -c FORMAT PATH...
stat() {
	if [ -f "$FAKE/script/stat" ]; then _script stat "$@"; return; fi
	_old stat && return 127
	_format=$(echo "$2" | sed 's:%n:/%n:g')
	shift 2
	_left=$#
	while [ $_left -gt 0 ]; do
		set -- "$@" "${1#/}"
		shift
		_left=$((_left - 1))
	done
	(cd "$ROOT" && command stat -c "$_format" "$@")
}

# wc -c PATH...
wc() {
	_old wc && return 127
	[ $# -gt 1 ] || { command wc "$@"; return; }
	shift
	for _path; do
		[ -f "$ROOT$_path" ] || { echo "wc: $_path: No such file or directory" >&2; _bad=1; continue; }
		echo "$(command wc -c <"$ROOT$_path") $_path"
	done
	[ -z "$_bad" ]
}

# ls -l PATH...
ls() {
	case $1 in -l) shift ;; *) command ls "$@"; return ;; esac
	for _path; do
		[ -f "$ROOT$_path" ] || { echo "$_path: No such file or directory" >&2; continue; }
		echo "-rw-r--r-- system   system   $(command wc -c <"$ROOT$_path") 2020-01-02 03:04 ${_path##*/}"
	done
}

# head and tail, -c BYTES PATH... or as a filter
tail() { _old tail && return 127; _ends tail "$@"; }

head() { _old head && return 127; _ends head "$@"; }

_ends() {
	case $4 in
	/*)
		if [ -f "$FAKE/script/$1" ]; then _script "$@"; return; fi
		if [ -n "$PERL" ]; then "$PERL" "$FAKE/ends.pl" "$@"; return; fi
		_tool=$1 _bytes=$3 _blank=
		shift 3
		for _path; do
			[ $# -gt 1 ] && printf '%s==> %s <==\n' "$_blank" "$_path"
			_blank='
'
			command $_tool -c $_bytes "$ROOT$_path"
		done ;;
	*) command "$@" ;;
	esac
}
