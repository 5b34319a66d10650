# For the stand-ins. tool is the command's name. A script of the tests runs in place of the command; it gets the
# arguments that follow the words of its name.
user=0
for key in "$tool $1 $2 $3" "$tool $1 $2" "$tool $1" "$tool"; do
	if [ -f "$FAKE/script/$key" ]; then
		. "$FAKE/script/$key"
		exit
	fi
done

# text NAME: prints a text of the user at hand; fails where there is none.
text() {
	file=$(path "$1")
	[ -f "$file" ] && cat "$file"
}

path() {
	if [ "$user" != 0 ] && [ "$1" != settings-global ]; then echo "$TEXT/$1@$user.txt"; else echo "$TEXT/$1.txt"; fi
}

# edit FILE AWK-ARGUMENT...: rewrites a file with awk; a program that exits with another code than 0 changes nothing.
edit() {
	target=$1
	shift
	awk "$@" "$target" >"$target.new" && mv "$target.new" "$target" && return
	rm -f "$target.new"
	return 1
}

fail() { echo "$1" >&2; exit "${2:-255}"; }

since() { [ "$SDK" -ge "$1" ]; }
