#!/bin/sh
# Checks snapshots of newsarchive with sha256sum, openssl and unzip alone.
#
#   sh verify.sh FILE.wacz... [--trusted-key KEY.pem] [--expected-head SEQUENCE:SHA256] [--tsa-root ROOT.pem]
#                             [--require-signature] [--require-timestamp] [--stamped-within MINUTES]
#
# Prints a line for each level. A level that was not checked is never called ok. Exit code: 0 when nothing is wrong with
# any file and everything demanded holds, 1 when not, 2 for wrong usage. A script that came with a snapshot is no judge of it: take this one
# from a place that you trust.
set -u
export LC_ALL=C
# What somebody has set for these programs is not to change what they print.
unset CDPATH UNZIP UNZIPOPT ZIPINFO ZIPINFOOPT OPENSSL_CONF POSIXLY_CORRECT
umask 077

usage() { echo "usage: sh verify.sh FILE.wacz... [--trusted-key PEM]... [--expected-head SEQUENCE:SHA256] [--tsa-root PEM]... [--require-signature] [--require-timestamp] [--stamped-within MINUTES]" >&2; exit 2; }
stop() { printf 'verify.sh: %s\n' "$1" >&2; exit 2; }
# Control characters (C0, DEL, C1), marks that turn the direction of text, and line separators, as bytes of UTF-8.
hidden=$(printf 's/\302[\200-\237]/?/g;s/\330\234/?/g;s/\342\200[\216\217\250-\256]/?/g;s/\342\201[\246-\251]/?/g')
plain() { printf '%s' "$1" | tr '\000-\037\177' '?' | sed "$hidden"; }

for tool in sha256sum openssl unzip; do
  command -v "$tool" > /dev/null || stop "$tool is needed"
done
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 2' HUP INT TERM

key_id() { openssl pkey -pubin -in "$1" -outform DER 2> /dev/null | sha256sum | cut -d ' ' -f 1; }
existing() { [ -f "$1" ] || stop "$(plain "$1"): there is no such file"; }
# The SubjectPublicKeyInfo of a key over P-384 whose point is not compressed.
is_p384() {
  hex=$(openssl pkey -pubin -in "$1" -outform DER 2> /dev/null | od -An -v -tx1 | tr -d ' \n')
  [ "${#hex}" -eq 240 ] || return 1
  case $hex in 3076301006072a8648ce3d020106052b8104002203620004*) ;; *) return 1 ;; esac
}
trusted=; head=; roots=; need_signature=; need_time=; within=; left=$#
while [ "$left" -gt 0 ]; do
  case $1 in
    --trusted-key|--expected-head|--tsa-root|--stamped-within)
      [ "$left" -ge 2 ] && [ -n "$2" ] || usage
      case $1 in
        --trusted-key)
          existing "$2"; trusted="$trusted x"
          openssl pkey -pubin -in "$2" > "$work/trusted-${#trusted}.pem" 2> /dev/null || stop "$(plain "$2"): no public key can be read from it"
          is_p384 "$work/trusted-${#trusted}.pem" || stop "$(plain "$2"): not a key over P-384" ;;
        --tsa-root) existing "$2"; roots=$work/roots.pem; cat "$2" >> "$roots" ;;
        --expected-head) head=$2 ;;
        *) within=$2 ;;
      esac
      shift; left=$((left - 1)) ;;
    --require-signature) need_signature=yes ;;
    --require-timestamp) need_time=yes ;;
    -*) usage ;;
    # Files go behind the words that are left.
    *) set -- "$@" "$1" ;;
  esac
  shift; left=$((left - 1))
done
[ $# -gt 0 ] || usage
for file do existing "$file"; done
# A number that begins with 0 would be read as an octal one.
decimal() { number=$1; while [ "${number#0}" != "$number" ]; do number=${number#0}; done; echo "${number:-0}"; }
case $within in *[!0-9]*|?????????*) usage ;; ?*) within=$(decimal "$within") ;; esac
if [ -n "$head" ]; then
  printf '%s\n' "$head" | grep -qxE '[0-9]{1,15}:(sha256:)?[0-9a-f]{64}' || usage
  head=$(decimal "${head%%:*}"):${head##*:}
  [ "${head%%:*}" -ge 1 ] || usage
fi

# Checks one file, and ends the shell in which it runs.
check() {
file=$1
# unzip reads a name with [ or * in it as a pattern.
zip=$work/snapshot
case $file in /*) ln -s "$file" "$zip" ;; *) ln -s "$PWD/$file" "$zip" ;; esac
bad=0; right=; unchecked=
say() {
  printf '  %-10s %-12s %s\n' "$1" "$2" "$(plain "$3")"
  case $2 in
    ok) right="$right $1" ;;
    "not checked") case " $unchecked " in *" $1 "*) ;; *) unchecked="$unchecked $1" ;; esac ;;
  esac
}
wrong() { say "$1" wrong "$2"; bad=1; }
unmet() { [ -z "$1" ] || bad=1; }
finish() {
  left=
  for level in $unchecked; do case " $right " in *" $level "*) ;; *) left="$left, $level" ;; esac; done
  if [ $bad = 0 ]; then echo "nothing is wrong${left:+; not checked: ${left#, }}"; else echo "something is wrong, or was demanded and could not be shown"; fi
  exit $bad
}
sha() { sha256sum < "$1" | cut -d ' ' -f 1; }
# A file is one element of DER, and nothing behind it, which openssl may not look at.
is_whole() {
  length=$(($(wc -c < "$1")))
  [ "$length" -gt 2 ] || return 1
  first=$(od -An -v -tx1 -N 6 "$1" | tr -d ' \n')
  case $first in
    3080*) return 1 ;;
    30[0-7]*) first=${first#30}; [ "$length" -eq $((0x${first%"${first#??}"} + 2)) ] ;;
    3081*) first=${first#3081}; [ "$length" -eq $((0x${first%"${first#??}"} + 3)) ] ;;
    3082*) first=${first#3082}; [ "$length" -eq $((0x${first%"${first#????}"} + 4)) ] ;;
    3083*) first=${first#3083}; [ "$length" -eq $((0x${first%"${first#??????}"} + 5)) ] ;;
    *) return 1 ;;
  esac
}
# The value of a key in a canonical document, where it stands for the last time.
field() { sed -n "s/^.*[{,]\"$2\":\"\{0,1\}\([^\",}]*\)\"\{0,1\}[,}].*$/\1/p" "$1"; }

printf '%s\n' "$(plain "$file")"

# --- container: every name once, plain and relative; nothing compressed; no byte that belongs to no file
unzip -Z1 "$zip" > "$work/names" 2> "$work/said" || { wrong container "not a ZIP file, or a broken one"; finish; }
unzip -Z -lT "$zip" > "$work/long" 2>> "$work/said" || { wrong container "not a ZIP file, or a broken one"; finish; }
[ -s "$work/said" ] && { wrong container "$(sed -n 1p "$work/said")"; finish; }
if grep -qvE '^[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)?$' "$work/names" || grep -q '.\{251\}' "$work/names"; then
  wrong container "a file has a name that no file of a snapshot has"; finish
fi
{ tr 'A-Z' 'a-z' < "$work/names"; sed -n 's,/.*,,p' "$work/names" | tr 'A-Z' 'a-z' | sort -u; } | sort | uniq -d > "$work/twice"
[ -s "$work/twice" ] && { wrong container "two files, or a file and a folder, are called $(sed -n 1p "$work/twice")"; finish; }
sum=22
# permissions, version, system, size, type, compressed size, method, time, name
sed -n '/^[-l?d]/p' "$work/long" > "$work/entries"
while read -r mode _ _ size kind packed method _ name; do
  case $mode in -*) ;; *) wrong container "$name is no plain file"; finish ;; esac
  [ "$method" = stor ] && [ "$size" = "$packed" ] || { wrong container "$name is compressed"; finish; }
  case $kind in [bt]-|[bt]x) ;; *) wrong container "$name is encrypted, or not as snapshots are written"; finish ;; esac
  sum=$((sum + 76 + 2 * ${#name} + size))
done < "$work/entries"
count=$(($(wc -l < "$work/entries")))
[ "$count" -eq "$(wc -l < "$work/names")" ] || { wrong container "its directory cannot be read"; finish; }
# Files that overlap would fill the disk.
[ "$sum" -le $(($(wc -c < "$file"))) ] || { wrong container "its files need more bytes than it has"; finish; }
mkdir "$work/x"
unzip -qq -n "$zip" -d "$work/x" < /dev/null > "$work/said" 2>&1
# A false checksum is told with the hashes.
if grep -vE 'bad CRC [0-9a-f]+ +\(should be [0-9a-f]+\)|^$' "$work/said" > "$work/complaint"; then
  wrong container "it cannot be unpacked without complaint: $(sed -n 1p "$work/complaint")"; finish
fi
x=$work/x
# Written anew from its names, sizes and checksums, the ZIP file must be the same to the byte.
unzip -v "$zip" | sed -nE 's/^ *([0-9]+) +Stored +[0-9]+ +[0-9-]+% +[^ ]+ [^ ]+ ([0-9a-f]{8})  (.+)$/\1 \2 \3/p' > "$work/plain"
bytes() {
  value=$1; left=$2
  while [ "$left" -gt 0 ]; do
    out="$out\\$((value >> 6 & 3))$((value >> 3 & 7))$((value & 7))"; value=$((value >> 8)); left=$((left - 1))
  done
}
numbers() { while [ $# -gt 0 ]; do bytes "$1" "$2"; shift 2; done; }
most=4294967295
written_anew() {
  offset=0
  while read -r size crc name; do
    short=$size; version=20; extra=0
    [ "$size" -lt $most ] || { short=$most; version=45; extra=20; }
    out='PK\003\004'
    numbers $version 2 0 6 33 2 $((0x$crc)) 4 "$short" 4 "$short" 4 ${#name} 2 $extra 2
    out=$out$name
    [ $extra = 0 ] || numbers 1 2 16 2 "$size" 8 "$size" 8
    printf "$out"
    cat "$x/$name"
    out='PK\001\002'; extra=$((extra ? 16 : 0)); near=$offset
    [ "$offset" -lt $most ] || { near=$most; version=45; extra=$((extra + 8)); }
    numbers $((768 + version)) 2 $version 2 0 4 0 2 33 2 $((0x$crc)) 4 "$short" 4 "$short" 4 ${#name} 2
    numbers $((extra ? extra + 4 : 0)) 2 0 6 $((33188 << 16)) 4 "$near" 4
    out=$out$name
    [ $extra = 0 ] || numbers 1 2 $extra 2
    [ "$short" = "$size" ] || numbers "$size" 8 "$size" 8
    [ "$near" = "$offset" ] || numbers "$offset" 8
    printf "$out" >> "$work/directory"
    offset=$((offset + 30 + ${#name} + size)); [ "$short" = "$size" ] || offset=$((offset + 20))
  done < "$work/plain"
  cat "$work/directory"
  length=$(($(wc -c < "$work/directory"))); out=; told=$count
  if [ "$count" -ge 65535 ] || [ "$offset" -ge $most ]; then
    out='PK\006\006'
    numbers 44 8 813 2 45 2 0 8 "$count" 8 "$count" 8 $length 8 "$offset" 8
    out=$out'PK\006\007'
    numbers 0 4 $((offset + length)) 8 1 4
    [ "$told" -lt 65535 ] || told=65535
  fi
  [ "$offset" -lt $most ] || offset=$most
  out=$out'PK\005\006'
  numbers 0 4 "$told" 2 "$told" 2 $length 4 "$offset" 4 0 2
  printf "$out"
}
: > "$work/directory"
if ! written_anew | cmp -s - "$file"; then
  wrong container "its headers are not as snapshots are written, or bytes in it belong to no file"; finish
fi
say container ok "$count files, all stored as they are"

# --- seal: in the one form that it may have, so that nothing in it can be taken for something else
text='"([^"\\]|\\["\\bfnrt]|\\u00(0[0-7bef]|1[0-9a-f]))*"'
hash='"sha256:[0-9a-f]{64}"'
segment='[A-Za-z0-9_][A-Za-z0-9._-]*'
digits='(0|[1-9][0-9]{0,15})'
list="\\[($text(,$text)*)?\\]"
day='(null|"[0-9]{4}-[0-9]{2}-[0-9]{2}")'
tombstone="\\{\"act\":$text,\"erased\":$text,\"record\":$text\\}"
proven="These bytes are what this crawler recorded, and no byte has changed since the seal was made; with a time stamp, since the time that it states."
not_proven="What the publisher's server sent to others; that the crawler and its clock were honest before the seal; that nothing else was captured; without a signature by a key that you know, who made the seal; without a time stamp, when; without a head published elsewhere, that no later snapshot was dropped."
# Every file of the seal in a line of its own, behind the rest of the seal.
apart() { sed -E 's/^([^[]*"files":\[)([^]]*)\]/\1]/' "$1"; }
files_of() { sed -E 's/^[^[]*"files":\[([^]]*)\].*$/\1/; s/\},\{/}\
{/g' "$1"; }
several=$(printf '[\302-\337][\200-\277]|\340[\240-\277][\200-\277]|[\341-\354\356\357][\200-\277]{2}|\355[\200-\237][\200-\277]|\360[\220-\277][\200-\277]{2}|[\361-\363][\200-\277]{3}|\364[\200-\217][\200-\277]{2}')
is_text() { tr -d '\000-\037' < "$1" | cmp -s - "$1" && [ "$(sed -E "s/$several//g" "$1" | tr -d '\000-\177' | wc -c)" -eq 0 ]; }
is_seal() {
  is_text "$1" && apart "$1" | grep -qxE "\\{\"counts\":\\{\"articles\":$digits,\"bytes\":$digits,\"captures\":$digits,\"files\":$digits,\"pairs\":$digits,\"rejections\":$digits\\},\
\"created\":\"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\",\"files\":\\[\\],\"first_captured_at\":(null|$text),\
\"key\":(null|\\{\"algorithm\":\"ECDSA-P384-SHA256\",\"id\":$hash\\}),\"last_captured_at\":(null|$text),\"not_proven\":\"$not_proven\",\
\"outlets\":$list,\"prev_seal\":(null|$hash),\"proven\":\"$proven\",\"schema\":\"snapshot-seal/1\",\
\"scope\":\\{\"first_day\":$day,\"last_day\":$day(,\"leaves_out_reserved\":(true|false))?,\"outlets\":$list(,\"queries\":\\[($list(,$list)*)?\\])?,\"runs\":$list,\"urls\":$list\\},\
\"sequence\":[1-9][0-9]{0,15},\"software\":$text(,\"supersedes\":\\{\"acts\":$list,\"number\":[1-9][0-9]{0,15},\"seal\":$hash\\})?\
(,\"tombstones\":\\[($tombstone(,$tombstone)*)?\\])?,\
\"unsealed\":\\[\"compliance/seal.json\",\"compliance/seal.json.sig\",\"datapackage-digest.json\",\"datapackage.json\"\\]\\}" \
    && ! files_of "$1" | grep -qvxE "\\{\"bytes\":$digits,\"path\":\"$segment(/$segment)?\",\"sha256\":\"[0-9a-f]{64}\"\\}" \
    && ! grep -qE '"path":"[^"]{251}' "$1" && has_numbers "$1" && supersedes_earlier "$1" \
    && [ -n "$(seconds_of "$(created_of "$1")")" ]
}
# No number is above 2^53 - 1, from which on programs read different ones (RFC 8785, 3.2.2.3).
has_numbers() {
  grep -oE '[^\]":[0-9]{16}' "$1" | sed 's/^.*://' | while read -r value; do [ "$value" -le 9007199254740991 ] || exit 1; done
}
supersedes_earlier() { [ -z "$(field "$1" number)" ] || [ "$(field "$1" number)" -lt "$(field "$1" sequence)" ]; }
created_of() { sed -n 's/^{"counts":{[^}]*},"created":"\([^"]*\)".*/\1/p' "$1"; }
# Seconds since 1970 of 2026-11-22T04:00:00Z, or of what openssl prints (Nov 22 04:00:00 2026 GMT); nothing for no time.
seconds_of() {
  case $1 in
    ????-??-??T??:??:??Z)
      year=${1%%-*}; time=${1#*-}; month=${time%%-*}; time=${time#*-}; day_of=${time%%T*}; time=${time#*T}; time=${time%Z} ;;
    *' GMT')
      set -f; set -- $1; set +f
      [ $# -eq 5 ] || return 0
      case $1 in Jan) month=01 ;; Feb) month=02 ;; Mar) month=03 ;; Apr) month=04 ;; May) month=05 ;; Jun) month=06 ;; Jul) month=07 ;;
        Aug) month=08 ;; Sep) month=09 ;; Oct) month=10 ;; Nov) month=11 ;; Dec) month=12 ;; *) return 0 ;; esac
      day_of=$2; time=${3%%.*}; year=$4
      case $day_of in ?) day_of=0$day_of ;; esac ;;
    *) return 0 ;;
  esac
  hour=${time%%:*}; minute=${time#*:}; second=${minute#*:}; minute=${minute%%:*}
  case $year$month$day_of$hour$minute$second in ??????????????) ;; *) return 0 ;; esac
  case $year$month$day_of$hour$minute$second in *[!0-9]*|0000*) return 0 ;; esac
  year=$((1$year - 10000)); month=$((1$month - 100)); day_of=$((1$day_of - 100))
  hour=$((1$hour - 100)); minute=$((1$minute - 100)); second=$((1$second - 100))
  case $month in 4|6|9|11) last=30 ;; 2) last=28; [ $((year % 4)) -ne 0 ] || { [ $((year % 100)) -eq 0 ] && [ $((year % 400)) -ne 0 ]; } || last=29 ;; *) last=31 ;; esac
  if [ $month -lt 1 ] || [ $month -gt 12 ] || [ $day_of -lt 1 ] || [ $day_of -gt $last ]; then return 0; fi
  if [ $hour -gt 23 ] || [ $minute -gt 59 ] || [ $second -gt 59 ]; then return 0; fi
  [ $month -gt 2 ] || { year=$((year - 1)); month=$((month + 12)); }
  days=$((365 * year + year / 4 - year / 100 + year / 400 + (153 * (month - 3) + 2) / 5 + day_of - 719469))
  echo $(((days * 24 + hour) * 3600 + minute * 60 + second))
}
seal=$x/compliance/seal.json
[ -f "$seal" ] || { wrong seal "compliance/seal.json is missing: this is no snapshot, or was one"; finish; }
grep -q '"schema":"snapshot-seal/1"' "$seal" || { wrong seal "not of the form snapshot-seal/1"; finish; }
is_seal "$seal" || { wrong seal "not in the form that seals have"; finish; }
files_of "$seal" | sed -nE 's/^\{"bytes":([0-9]+),"path":"([^"]+)","sha256":"([0-9a-f]+)"\}$/\3 \1 \2/p' > "$work/sealed"
[ -z "$(tail -c 1 "$work/sealed")" ] || echo >> "$work/sealed"
cut -d ' ' -f 3 "$work/sealed" > "$work/expected"
sort -u "$work/expected" | cmp -s - "$work/expected" || { wrong seal "it does not name each file once, in order"; finish; }
if grep -qxF -e compliance/seal.json -e compliance/seal.json.sig -e datapackage.json -e datapackage-digest.json "$work/expected"; then
  wrong seal "it names files that a seal cannot name"; finish
fi
sequence=$(field "$seal" sequence); digest=$(sha "$seal"); created=$(created_of "$seal"); made=$(seconds_of "$created")
previous=$(field "$seal" prev_seal); seal_wrong=
if [ "$sequence" = 1 ]; then [ "$previous" = null ]; else [ "$previous" != null ]; fi || { wrong seal "only the first seal of a chain has none before it"; finish; }
counted() { said=$(sed -n "s/^{\"counts\":{[^}]*\"$1\":\([0-9]*\)[,}].*/\1/p" "$seal"); [ "$said" = "$2" ] || seal_wrong="it says $said $1, but there are $2"; }
sum=0
while read -r _ size _; do sum=$((sum + size)); done < "$work/sealed"
counted files $(($(wc -l < "$work/sealed")))
counted bytes $sum
counted pairs "$(grep -c '^archive/' "$work/expected")"
counted captures $(($(cat "$x/indexes/index.cdxj" 2> /dev/null | wc -l)))
if [ -f "$x/pages/pages.jsonl" ]; then counted articles $(($(wc -l < "$x/pages/pages.jsonl") - 1)); else counted articles 0; fi
if [ -n "$seal_wrong" ]; then wrong seal "$seal_wrong"
else say seal ok "number $sequence, made $created, $digest"; fi

# --- what was taken down: it stands in the seal, and is no mistake
grep -oE '"act":"T-[A-Za-z0-9/-]*"' "$seal" | sort | uniq -c | sed 's/"act":"\([^"]*\)"/\1/' > "$work/acts"
while read -r number act; do
  how=erased; case $act in */withheld) how=withheld ;; esac
  noun=records; [ "$number" -ne 1 ] || noun=record
  say "$how" under "${act%/*}: $number $noun"
done < "$work/acts"

# --- files: those that the seal names, and no others
grep -vxF -e compliance/seal.json -e compliance/seal.json.sig -e datapackage.json -e datapackage-digest.json \
  "$work/names" | sort > "$work/found"
files_wrong=
cmp -s "$work/expected" "$work/found" || files_wrong="the files are not those that the seal names: $(sort "$work/expected" "$work/found" | uniq -u | sed -n 1p)"
for needed in indexes/index.cdxj pages/pages.jsonl compliance/environment.json compliance/verify.sh compliance/VERIFY.md; do
  grep -qxF "$needed" "$work/expected" || files_wrong="the seal names no $needed, which every snapshot has"
done
grep -q '^archive/' "$work/expected" || files_wrong="the seal names no WARC file in archive/"
# Each in its place; WARC files among themselves only in the form that the seal calls snapshot-form/2.
software=$(sed -nE "s/^.*,\"sequence\":[0-9]+,\"software\":($text),\"[stu].*$/\\1/p" "$seal")
strict=; words=${software#?}; words=" ${words%?} "
case $words in *' snapshot-form/2 '*) strict=yes ;; esac
sed -E -e "s,^archive/.*,0${strict:+ &},;t" -e 's,^indexes/index\.cdxj$,1 &,;t' -e 's,^pages/pages\.jsonl$,2 &,;t' \
  -e 's,^compliance/(NA-|act-|rules-).*,3 &,;t' -e 's,^compliance/robots\.jsonl$,4 &,;t' \
  -e 's,^compliance/seal\.json$,6 &,;t' -e 's,^compliance/seal\.json\.sig$,7 &,;t' -e 's,^datapackage\.json$,8 &,;t' \
  -e 's,^datapackage-digest\.json$,9 &,;t' -e 's,^,5 ,' "$work/names" > "$work/places"
sort -c "$work/places" 2> /dev/null || files_wrong="a file is not in its place among the others"
if [ -n "$files_wrong" ]; then wrong files "$files_wrong"
else say files ok "$(($(wc -l < "$work/expected"))) sealed files, no others"; fi

# --- hashes: digest, size and name of each file that is there
while read -r name; do printf '%s %s %s\n' "$(sha "$x/$name")" "$(($(wc -c < "$x/$name")))" "$name"; done < "$work/names" > "$work/there"
sort "$work/sealed" "$work/there" "$work/there" | uniq -u | cut -d ' ' -f 3 | sort - "$work/found" | uniq -d > "$work/changed"
if [ -s "$work/changed" ]; then wrong hashes "$(sed -n 1p "$work/changed") is not as it was sealed"
elif [ -s "$work/said" ]; then wrong hashes "a file has another checksum than the ZIP file says: $(sed -n 1p "$work/said")"
else say hashes ok "every file is as it was sealed"; fi

# --- package: written anew from the files that are there, it must be the same, and its digest is stated
package=$x/datapackage.json; data=$x/datapackage-digest.json
package_wrong=
stated=$(sed -nE 's/^\{"hash":"sha256:([0-9a-f]{64})","path":"datapackage\.json"(,"signedData":.*)?\}$/\1/p' "$data" 2> /dev/null)
for needed in datapackage.json datapackage-digest.json; do
  [ -f "$x/$needed" ] || package_wrong="$needed is missing"
done
if [ -z "$package_wrong" ]; then
  title=$(sed -nE "s/^.*,\"title\":($text),\"wacz_version\":\"1\\.1\\.1\"\\}$/\\1/p" "$package")
  {
    printf '{"created":"%s","modified":"%s","profile":"data-package","resources":[' "$created" "$created"
    grep -v ' datapackage[a-z-]*\.json$' "$work/there" | sort -k 3 | sed -e h \
      -e 'y/ABCDEFGHIJKLMNOPQRSTUVWXYZ/abcdefghijklmnopqrstuvwxyz/' -e G \
      -e 's/^\([0-9a-f]*\) \([0-9]*\) \(.*\)\n[0-9a-f]* [0-9]* \(.*\)$/{"bytes":\2,"hash":"sha256:\1","name":"\3","path":"\4"}/' \
      -e '2,$s/^/,/' | tr -d '\n'
    printf '],"software":%s,"title":%s,"wacz_version":"1.1.1"}' "$software" "$title"
  } | cmp -s - "$package" && is_text "$package" \
    || package_wrong="datapackage.json is not of WACZ 1.1.1, or does not list the files that are there with their digests"
  { [ -n "$stated" ] && is_text "$data"; } || package_wrong="datapackage-digest.json is not of the form that snapshots have"
  [ -n "$package_wrong" ] || [ "$stated" = "$(sha "$package")" ] || package_wrong="datapackage.json is not as datapackage-digest.json says"
fi
if [ -n "$package_wrong" ]; then wrong package "$package_wrong"; else say package ok "WACZ 1.1.1"; fi

# --- signature: of the seal in DER, and of the package as two numbers of 48 bytes
named=$(sed -n 's/.*"key":{"algorithm":"ECDSA-P384-SHA256","id":"sha256:\([0-9a-f]\{64\}\)"}.*/\1/p' "$seal")
signed=
# Half of the order of P-384: in the form snapshot-form/2 the second number of a signature is not above it.
half=7fffffffffffffffffffffffffffffffffffffffffffffffe3b1a6c0fa1b96efac0d06d9245853bd76760cb5666294b9
is_low() { [ -z "$strict" ] || [ "$(printf '%s\n%s\n' "$1" $half | sort | sed -n 1p)" = "$1" ]; }
second_of() { printf '%96s' "$(openssl asn1parse -inform DER -in "$1" 2> /dev/null | sed -n 's/^.*INTEGER *:\([0-9A-F]*\)$/\1/p' | sed -n 2p | tr A-F a-f)" | tr ' ' 0; }
has_signed() { is_whole "$2" && openssl dgst -sha256 -verify "$1" -signature "$2" "$3" > /dev/null 2>&1; }
is_key() { is_p384 "$1" && openssl pkey -pubin -in "$1" 2> /dev/null | cmp -s - "$1"; }
if grep -q '"key":null' "$seal" && [ -z "$named" ]; then
  if [ -f "$seal.sig" ] || grep -q '"signedData"' "$data" 2> /dev/null; then wrong signature "there is a signature, but the seal says that it has none"
  else say signature "not checked" unsigned; unmet "$need_signature$trusted"; fi
elif [ ! -f "$x/compliance/key.pem" ] || [ ! -f "$seal.sig" ]; then
  wrong signature "the seal names a key, but the key or the signature was taken away"
elif [ "$(key_id "$x/compliance/key.pem")" != "$named" ] \
  || ! is_key "$x/compliance/key.pem"; then
  wrong signature "compliance/key.pem is not the key that the seal names"
elif ! has_signed "$x/compliance/key.pem" "$seal.sig" "$seal" || ! is_low "$(second_of "$seal.sig")"; then
  wrong signature "the seal is not signed by the key that it names"
else
  # Written anew with its two values, it must be the same.
  raw=$(sed -nE 's/^.*"signature":"([^"]*)","software":.*$/\1/p' "$data" 2> /dev/null)
  public=$(sed -nE 's/^.*"publicKey":"([^"]*)","signature":.*$/\1/p' "$data" 2> /dev/null)
  printf %s "$raw" | openssl base64 -d -A > "$work/raw" 2> /dev/null
  printf %s "$public" | openssl base64 -d -A > "$work/key.der" 2> /dev/null
  printf %s "sha256:$stated" > "$work/text"
  printf '{"hash":"sha256:%s","path":"datapackage.json","signedData":{"created":"%s","hash":"sha256:%s","publicKey":"%s","signature":"%s","software":%s}}' \
    "$stated" "$created" "$stated" "$public" "$raw" "${software-}" > "$work/data"
  hex=$(od -An -v -tx1 "$work/raw" | tr -d ' \n')
  printf 'asn1=SEQUENCE:s\n[s]\nr=INTEGER:0x%s\ns=INTEGER:0x%s\n' "$(printf %s "$hex" | cut -c 1-96)" \
    "$(printf %s "$hex" | cut -c 97-192)" > "$work/asn1"
  if [ "${#hex}" -ne 192 ] || ! is_low "$(printf %s "$hex" | cut -c 97-192)" \
    || [ "$(openssl base64 -A -in "$work/raw")" != "$raw" ] || [ "$(openssl base64 -A -in "$work/key.der")" != "$public" ] \
    || [ "$(sha "$work/key.der")" != "$named" ] || ! cmp -s "$work/data" "$data" \
    || ! openssl asn1parse -genconf "$work/asn1" -noout -out "$work/der" > /dev/null 2>&1 \
    || ! openssl dgst -sha256 -verify "$x/compliance/key.pem" -signature "$work/der" "$work/text" > /dev/null 2>&1
  then wrong signature "the package is not signed by the key that the seal names"
  else say signature ok "by sha256:$named"; signed=yes; fi
fi

# --- key: the trusted one, or one that follows from it
# Three files for each change of key, from 0001 on: each follows from the one before, and the last leads to the key of the seal.
changes_fit() {
  number=0; before=
  while change=$x/compliance/rotation-$(printf %04d $((number + 1))) && [ -f "$change.json" ]; do
    number=$((number + 1))
    [ -f "$change.json.sig" ] && is_key "$change.pem" && [ -n "$(seconds_of "$(field "$change.json" created)")" ] || return 1
    printf '{"created":"%s","new_key":"sha256:%s","old_key":"%s","schema":"snapshot-key-rotation/1"}' "$(field "$change.json" created)" \
      "$(key_id "$change.pem")" "$(field "$change.json" old_key)" | cmp -s - "$change.json" || return 1
    field "$change.json" old_key | grep -qxE 'sha256:[0-9a-f]{64}' || return 1
    [ -z "$before" ] || { [ "$(field "$change.json" old_key)" = "sha256:$(key_id "$before")" ] \
      && has_signed "$before" "$change.json.sig" "$change.json"; } || return 1
    before=$change.pem
  done
  [ "$(grep -c '^compliance/rotation-' "$work/names")" -eq $((number * 3)) ] || return 1
  [ -z "$before" ] || [ "$(key_id "$before")" = "$named" ]
}
if [ -z "$trusted" ]; then
  say key "not checked" "no --trusted-key was given: anybody can sign with a key of their own"
elif [ -z "$signed" ]; then
  say key "not checked" "there is no valid signature"; unmet yes
elif ! changes_fit; then
  wrong key "a change of key is not of its form, or does not follow from the one before it"
else
  follows=
  for start in "$keys"/trusted-*.pem; do
    current=$start; number=1
    while [ "$(key_id "$current")" != "$named" ]; do
      change=$x/compliance/rotation-$(printf %04d $number)
      number=$((number + 1))
      [ -f "$change.json" ] || break
      [ "$(field "$change.json" old_key)" = "sha256:$(key_id "$current")" ] || continue
      has_signed "$current" "$change.json.sig" "$change.json" || break
      current=$change.pem
    done
    [ "$(key_id "$current")" != "$named" ] || follows=yes
  done
  if [ -n "$follows" ]; then say key ok "sha256:$named"
  else wrong key "sha256:$named is not the key that you trust, nor follows from it"; fi
fi

# --- timestamp: answers of authorities beside the file
# The answers beside a snapshot ($1), and not what else is called so.
answers_of() {
  for answer in "$1".tsr.*; do
    case ${answer##*.} in *[!0-9]*|'') ;; *) [ ! -e "$answer" ] && [ ! -h "$answer" ] || printf '%s\n' "${answer##*.tsr.}" ;; esac
  done
}
stated_in() { [ -f "$1" ] && is_whole "$1" && openssl ts -reply -in "$1" -text 2> /dev/null | sed -n 's/^Time stamp: //p'; }
is_proven() { openssl ts -verify -data "$1" -in "$2" -CAfile "$roots" -attime "$3" > "$work/said" 2>&1; }
# The earliest time, in seconds, that an authority stated of another snapshot ($1) of this seal ($2).
first_of() {
  ln -sf "$1" "$work/other"
  unzip -p "$work/other" compliance/seal.json > "$work/other.json" 2> /dev/null || return 0
  unzip -p "$work/other" datapackage-digest.json > "$work/other.digest" 2> /dev/null || return 0
  [ "$(sha "$work/other.json")" = "$2" ] || return 0
  for number_of in $(answers_of "$1"); do
    answer=$1.tsr.$number_of
    time=$(stated_in "$answer"); [ -n "$time" ] || continue
    ! is_proven "$work/other.digest" "$answer" "$(seconds_of "$time")" || seconds_of "$time"
  done | sort -n | sed -n 1p
}
here=$(cd -- "$(dirname -- "$file")" && pwd)
eight='[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]'
found=; good=; first=
for number_of in $(answers_of "$file"); do
  answer=$file.tsr.$number_of
  found=yes
  time=$(stated_in "$answer")
  if [ -z "$time" ]; then wrong timestamp "$answer cannot be read"; continue; fi
  if [ -z "$roots" ]; then say timestamp "not checked" "no --tsa-root was given to judge $answer by"; continue; fi
  stated=$(seconds_of "$time")
  if is_proven "$x/datapackage-digest.json" "$answer" "$stated"; then
    if [ "$stated" -lt $((made - 60)) ]; then wrong timestamp "$answer is older than the seal says to be"
    else
      say timestamp ok "$time"; good=yes
      [ -n "$first" ] && [ "$first" -le "$stated" ] || first=$stated
    fi
  elif grep -qiE 'local issuer|self.signed' "$work/said" && ! grep -qi 'imprint' "$work/said"; then
    say timestamp "not checked" "$answer: none of the roots that you trust stands behind it"
  else wrong timestamp "$answer is false, or no root that you trust stands behind it"; fi
done
[ -n "$found" ] || say timestamp "not checked" "there is none"
[ -n "$good" ] || unmet "$need_time$within"
if [ -n "$within" ] && [ -n "$first" ]; then
  [ $((first - made)) -le $((within * 60)) ] || wrong timestamp "the first token is of $(((first - made) / 60)) minutes after the seal, where $within are allowed"
  for link in "$here"/chain/$eight.json; do
    [ -f "$link" ] || continue
    number=$(field "$link" sequence)
    case $number in ''|*[!0-9]*|"$sequence") continue ;; esac
    for other in "$here/$(printf %06d "$number")"-*.wacz; do
      [ -f "$other" ] || continue
      stated=$(first_of "$other" "$(sha "$link")"); [ -n "$stated" ] || continue
      if [ "$number" -lt "$sequence" ]; then [ "$stated" -le $((first + 60)) ]; else [ "$stated" -ge $((first - 60)) ]; fi \
        || wrong timestamp "seal $number was not stamped in the order of the chain"
    done
  done
fi

# --- chain: its neighbours beside the file, and a head that you know
folder=$here/chain; want=${head%%:*}; chain_wrong=; number=0; previous=null; last_made=
if [ -n "$head" ] && [ "$want" = "$sequence" ] && [ "${head#*:}" != "$digest" ]; then
  wrong chain "the head that you know is another seal $want than this one: it was rewritten"
elif [ -d "$folder" ]; then
  for link in "$folder"/$eight.json; do
    [ -e "$link" ] || [ -h "$link" ] || break
    number=$((number + 1))
    [ -f "$link" ] && is_seal "$link" || { chain_wrong="$link is no seal"; break; }
    this=$(sha "$link")
    [ "$(field "$link" sequence)" = $number ] || { chain_wrong="seal $number is missing"; break; }
    [ "$(field "$link" prev_seal)" = "$previous" ] || { chain_wrong="seal $number does not follow from the one before"; break; }
    this_made=$(seconds_of "$(created_of "$link")")
    [ "${last_made:-$this_made}" -le "$this_made" ] || { chain_wrong="seal $number says that it was made before the one before it"; break; }
    last_made=$this_made
    [ $number != "$sequence" ] || [ "$this" = "$digest" ] || { chain_wrong="the chain has another seal $sequence than this one"; break; }
    [ $number != "$want" ] || [ "$this" = "${head#*:}" ] || { chain_wrong="seal $want is not the one that was published"; break; }
    previous=sha256:$this
  done
  if [ -z "$chain_wrong" ]; then
    [ "$number" -ge "$sequence" ] || chain_wrong="the chain ends at $number, before this seal"
    [ -z "$want" ] || [ "$number" -ge "$want" ] || chain_wrong="the chain ends at $number, but a head of $want was published"
    { [ -f "$here/HEAD" ] && printf '%s:%s\n' "$number" "${previous#sha256:}" | cmp -s - "$here/HEAD"; } || chain_wrong="the chain does not end with the seal that HEAD names"
  fi
  if [ -n "$chain_wrong" ]; then wrong chain "$chain_wrong"
  elif [ -z "$head" ]; then say chain ok "number $sequence of $number; no --expected-head was given, so that later ones may have been dropped, or all rewritten"
  else say chain ok "number $sequence of $number, up to the head that you know, $want"; fi
elif [ -n "$head" ] && [ "$want" = "$sequence" ]; then
  say chain ok "this is the seal that the head names"
else
  say chain "not checked" "there is no chain beside the file"; unmet "$head"
fi
say records "not checked" "needs newsarchive: scrapy snapshot verify --deep"
finish
}

keys=$work; code=0; number=0
for file do
  number=$((number + 1))
  (work=$work/$number; mkdir "$work" && check "$file") || code=1
  rm -rf "$work/$number"
done
exit $code
