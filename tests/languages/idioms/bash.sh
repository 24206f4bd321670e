#!/usr/bin/env bash
set -euo pipefail
read -r a b
echo "1 $((a + b))"
declare -A count=()
for word in x y x; do count[$word]=$(( ${count[$word]:-0} + 1 )); done
echo "2 ${count[x]} ${#count[@]}"
list=(3 1 2); list+=(9)
echo "3 ${list[*]} ${#list[@]} ${list[-1]} ${list[@]:1:2}"
mapfile -t sorted < <(printf '%s\n' "${list[@]}" | sort -n)
echo "4 ${sorted[*]}"
text='hello.tar.gz'
echo "5 ${text%%.*} ${text##*.} ${text/l/L} ${text^^} ${#text} ${text:0:2}"
add() { local -i sum=0 n; for n in "$@"; do sum+=n; done; echo "$sum"; }
echo "6 $(add 1 2 3)"
if [[ $text =~ ^([a-z]+)\.(.*)$ ]]; then echo "7 ${BASH_REMATCH[1]} ${BASH_REMATCH[2]}"; fi
case $a in 1[0-9]) echo '8 teens' ;;& *) echo '8 any' ;; esac
for ((i = 0; i < 2; i++)); do echo "9 $i"; done
echo "10 $(printf '%05.1f|%-3s|%x' 3.14 x 255)"
while IFS=, read -r key value; do echo "11 $key=$value"; done <<< $'k,v\nx,y'
cat <<END
12 here $((2 ** 10))
END
swap() { local -n p=$1 q=$2; local t=$p; p=$q; q=$t; }
one=1 two=2; swap one two
echo "13 $one $two"
false || echo '14 or'
trap 'echo "20 trapped"' EXIT
echo "15 ${missing:-default} ${missing+set}"
( exit 3 ) && true || echo "16 $?"
echo "17 $(tr a-z A-Z <<< pipe | rev) $(seq -s+ 3)"
echo 18 {a..c}{1,2}
until (( ${#list[@]} == 2 )); do unset 'list[-1]'; done
echo "19 ${list[*]} $((16#ff)) $((7 & 3)) $((a > b ? a : b))"
