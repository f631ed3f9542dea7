#!/bin/sh
# Checks a snapshot of newsarchive with sha256sum, openssl and unzip alone.
#
#   sh verify.sh FILE.wacz [--trusted-key KEY.pem] [--expected-head SEQUENCE:SHA256] [--tsa-root ROOT.pem]
#                          [--require-signature] [--require-timestamp] [--stamped-within MINUTES]
#
# A line for each level. What was not checked is never called ok. Exit code: 0 when nothing is wrong and all that was
# demanded holds, 1 when not, 2 for wrong usage. A script that came with a snapshot is no judge of it: take this one
# from a place that you trust.
set -u
export LC_ALL=C
umask 077

usage() { echo "usage: sh verify.sh FILE.wacz [--trusted-key PEM] [--expected-head SEQUENCE:SHA256] [--tsa-root PEM] [--require-signature] [--require-timestamp] [--stamped-within MINUTES]" >&2; exit 2; }

file=; trusted=; head=; roots=; need_signature=; need_time=; within=
while [ $# -gt 0 ]; do
  case $1 in
    --trusted-key|--expected-head|--tsa-root|--stamped-within)
      [ $# -ge 2 ] || usage
      case $1 in --trusted-key) trusted=$2 ;; --expected-head) head=$2 ;; --tsa-root) roots=$2 ;; *) within=$2 ;; esac
      shift ;;
    --require-signature) need_signature=yes ;;
    --require-timestamp) need_time=yes ;;
    -*) usage ;;
    *) [ -z "$file" ] || usage; file=$1 ;;
  esac
  shift
done
[ -n "$file" ] || usage
case $within in *[!0-9]*|?????????*) usage ;; esac
for needed in "$file" ${trusted:+"$trusted"} ${roots:+"$roots"}; do
  [ -f "$needed" ] || { echo "verify.sh: $needed: there is no such file" >&2; exit 2; }
done
for tool in sha256sum openssl unzip; do
  command -v "$tool" > /dev/null || { echo "verify.sh: $tool is needed" >&2; exit 2; }
done

work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 2' HUP INT TERM
# unzip reads a name with [ or * in it as a pattern.
zip=$work/snapshot
case $file in /*) ln -s "$file" "$zip" ;; *) ln -s "$PWD/$file" "$zip" ;; esac
bad=0
say() { printf '  %-10s %-12s %s\n' "$1" "$2" "$3"; }
wrong() { say "$1" wrong "$2"; bad=1; }
unmet() { [ -z "$1" ] || bad=1; }
finish() {
  if [ $bad = 0 ]; then echo "nothing is wrong"; else echo "something is wrong, or was demanded and could not be shown"; fi
  exit $bad
}
sha() { sha256sum < "$1" | cut -d ' ' -f 1; }
key_id() { openssl pkey -pubin -in "$1" -outform DER 2> /dev/null | sha256sum | cut -d ' ' -f 1; }
# The value of a key in a canonical document, where it stands for the first time.
field() { sed -n "s/^.*[{,]\"$2\":\"\{0,1\}\([^\",}]*\)\"\{0,1\}[,}].*$/\1/p" "$1"; }

echo "$file"

# --- container: every name once, plain and relative; nothing compressed; no byte that belongs to no file
unzip -Z1 "$zip" > "$work/names" 2> "$work/said" || { wrong container "not a ZIP file, or a broken one"; finish; }
unzip -Z -lT "$zip" > "$work/long" 2>> "$work/said" || { wrong container "not a ZIP file, or a broken one"; finish; }
[ -s "$work/said" ] && { wrong container "$(sed -n 1p "$work/said")"; finish; }
if grep -qvE '^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$' "$work/names"; then
  wrong container "a file has a name that no file of a snapshot has"; finish
fi
tr 'A-Z' 'a-z' < "$work/names" | sort | uniq -d > "$work/twice"
[ -s "$work/twice" ] && { wrong container "two files are called $(sed -n 1p "$work/twice")"; finish; }
sum=22; big=
# permissions, version, system, size, type, compressed size, method, time, name
sed -n '/^[-l?d]/p' "$work/long" > "$work/entries"
while read -r mode _ _ size kind packed method _ name; do
  case $mode in -*) ;; *) wrong container "$name is no plain file"; finish ;; esac
  [ "$method" = stor ] && [ "$size" = "$packed" ] || { wrong container "$name is compressed"; finish; }
  case $kind in [bt]-|[bt]x) ;; *) wrong container "$name is encrypted, or not as snapshots are written"; finish ;; esac
  [ "$size" -lt 4294967295 ] || big=yes
  sum=$((sum + 76 + 2 * ${#name} + size))
done < "$work/entries"
[ "$(wc -l < "$work/entries")" -eq "$(wc -l < "$work/names")" ] || { wrong container "its directory cannot be read"; finish; }
length=$(($(wc -c < "$file")))
if [ -z "$big" ] && [ "$sum" -lt 4294967295 ] && [ "$sum" -ne "$length" ]; then
  wrong container "it has $((length - sum)) bytes more than its files need"; finish
fi
mkdir "$work/x"
if ! unzip -qq -n "$zip" -d "$work/x" > "$work/said" 2>&1 || [ -s "$work/said" ]; then
  wrong container "it cannot be unpacked without complaint"; finish
fi
say container ok "$(($(wc -l < "$work/names"))) files, all stored as they are"
x=$work/x

# --- seal
seal=$x/compliance/seal.json
[ -f "$seal" ] || { wrong seal "compliance/seal.json is missing: this is no snapshot, or was one"; finish; }
case $(cut -c 1-10 "$seal") in '{"counts":') ;; *) wrong seal "not in canonical form"; finish ;; esac
grep -q '"schema":"snapshot-seal/1"' "$seal" || { wrong seal "not of the form snapshot-seal/1"; finish; }
sequence=$(field "$seal" sequence); digest=$(sha "$seal")
previous=$(field "$seal" prev_seal); seal_wrong=
case $sequence in ''|0*|*[!0-9]*) seal_wrong="its sequence is no number from 1 on" ;; esac
if [ "$sequence" = 1 ]; then [ "$previous" = null ]; else [ "$previous" != null ]; fi || seal_wrong="only the first seal of a chain has none before it"
counted() { [ "$(field "$seal" "$1")" = "$2" ] || seal_wrong="it says $(field "$seal" "$1") $1, but there are $2"; }
counted captures $(($(cat "$x/indexes/index.cdxj" 2> /dev/null | wc -l)))
counted articles $(($(cat "$x/pages/pages.jsonl" 2> /dev/null | wc -l) - 1))
if [ -n "$seal_wrong" ]; then wrong seal "$seal_wrong"
else say seal ok "number $sequence, made $(field "$seal" created), $digest"; fi

# --- what was taken down: it stands in the seal, and is no mistake
for act in $(grep -o '"act":"T-[^"]*"' "$seal" | sort -u | cut -d '"' -f 4); do
  how=erased; case $act in */withheld) how=withheld ;; esac
  say "$how" under "${act%/*}: $(grep -o "\"act\":\"$act\"" "$seal" | wc -l | tr -d ' ') records"
done

# --- files: those that the seal names, and no others
sed 's/.*"files":\[//; s/\].*//' "$seal" | tr '}' '\n' \
  | sed -n 's/^,\{0,1\}{"bytes":[0-9]*,"path":"\([^"]*\)","sha256":"\([0-9a-f]\{64\}\)"$/\2  \1/p' > "$work/sealed"
cut -c 67- "$work/sealed" | sort > "$work/expected"
grep -vxF -e compliance/seal.json -e compliance/seal.json.sig -e datapackage.json -e datapackage-digest.json \
  "$work/names" | sort > "$work/found"
if [ -s "$work/expected" ] && cmp -s "$work/expected" "$work/found"; then
  say files ok "$(($(wc -l < "$work/expected"))) sealed files, no others"
else
  wrong files "the files are not those that the seal names: $(sort "$work/expected" "$work/found" | uniq -u | sed -n 1p)"
fi
for needed in indexes/index.cdxj pages/pages.jsonl compliance/environment.json; do
  grep -qxF "$needed" "$work/expected" || wrong files "the seal names no $needed, which every snapshot has"
done

# --- hashes
if (cd "$x" && sha256sum --quiet -c "$work/sealed") > "$work/said" 2>&1; then
  say hashes ok "every file is as it was sealed"
else
  wrong hashes "$(sed -n 1p "$work/said")"
fi

# --- package: it lists every file with its digest, and its digest is stated
package_wrong=
for needed in datapackage.json datapackage-digest.json; do
  [ -f "$x/$needed" ] || package_wrong="$needed is missing"
done
if [ -z "$package_wrong" ]; then
  grep -q '"wacz_version":"1.1.1"' "$x/datapackage.json" || package_wrong="not of WACZ 1.1.1"
  sed 's/.*"resources":\[//; s/\].*//' "$x/datapackage.json" | tr '}' '\n' \
    | sed -n 's/^,\{0,1\}{"bytes":[0-9]*,"hash":"sha256:\([0-9a-f]\{64\}\)","name":"[^"]*","path":"\([^"]*\)"$/\1  \2/p' > "$work/listed"
  {
    cat "$work/sealed"; echo "$digest  compliance/seal.json"
    [ ! -f "$seal.sig" ] || echo "$(sha "$seal.sig")  compliance/seal.json.sig"
  } | sort > "$work/expected"
  sort "$work/listed" > "$work/found"
  cmp -s "$work/expected" "$work/found" || package_wrong="datapackage.json does not list the sealed files with their digests"
  [ "$(field "$x/datapackage-digest.json" path)" = datapackage.json ] || package_wrong="datapackage-digest.json is of another file"
  stated=$(sed -n 's/^{"hash":"sha256:\([0-9a-f]\{64\}\)","path":.*/\1/p' "$x/datapackage-digest.json")
  [ "$stated" = "$(sha "$x/datapackage.json")" ] || package_wrong="datapackage.json is not as datapackage-digest.json says"
fi
if [ -n "$package_wrong" ]; then wrong package "$package_wrong"; else say package ok "WACZ 1.1.1"; fi

# --- signature: of the seal in DER, and of the package as two numbers of 48 bytes
named=$(sed -n 's/.*"key":{"algorithm":"ECDSA-P384-SHA256","id":"sha256:\([0-9a-f]\{64\}\)"}.*/\1/p' "$seal")
signed=
if grep -q '"key":null' "$seal" && [ -z "$named" ]; then
  if [ -f "$seal.sig" ]; then wrong signature "there is a signature, but the seal says that it has none"
  else say signature "not checked" unsigned; unmet "$need_signature$trusted"; fi
elif [ ! -f "$x/compliance/key.pem" ] || [ ! -f "$seal.sig" ]; then
  wrong signature "the seal names a key, but the key or the signature was taken away"
elif [ "$(key_id "$x/compliance/key.pem")" != "$named" ]; then
  wrong signature "compliance/key.pem is not the key that the seal names"
elif ! openssl dgst -sha256 -verify "$x/compliance/key.pem" -signature "$seal.sig" "$seal" > /dev/null 2>&1; then
  wrong signature "the seal is not signed by the key that it names"
else
  data=$x/datapackage-digest.json
  sed -n 's/.*"signature":"\([^"]*\)".*/\1/p' "$data" 2> /dev/null | openssl base64 -d -A > "$work/raw" 2> /dev/null
  sed -n 's/.*"publicKey":"\([^"]*\)".*/\1/p' "$data" 2> /dev/null | openssl base64 -d -A > "$work/key.der" 2> /dev/null
  hash=$(sed -n 's/.*"signedData":{.*"hash":"\(sha256:[0-9a-f]\{64\}\)".*/\1/p' "$data" 2> /dev/null)
  printf %s "$hash" > "$work/text"
  hex=$(od -An -v -tx1 "$work/raw" | tr -d ' \n')
  printf 'asn1=SEQUENCE:s\n[s]\nr=INTEGER:0x%s\ns=INTEGER:0x%s\n' "$(printf %s "$hex" | cut -c 1-96)" \
    "$(printf %s "$hex" | cut -c 97-192)" > "$work/asn1"
  if [ "${#hex}" -ne 192 ] || [ "$(sha "$work/key.der")" != "$named" ] || [ "$hash" != "sha256:${stated-}" ] \
    || ! openssl asn1parse -genconf "$work/asn1" -noout -out "$work/der" > /dev/null 2>&1 \
    || ! openssl dgst -sha256 -verify "$x/compliance/key.pem" -signature "$work/der" "$work/text" > /dev/null 2>&1
  then wrong signature "the package is not signed by the key that the seal names"
  else say signature ok "by sha256:$named"; signed=yes; fi
fi

# --- key: the trusted one, or one that follows from it
if [ -z "$trusted" ]; then
  say key "not checked" "no --trusted-key was given: anybody can sign with a key of their own"
elif [ -z "$signed" ]; then
  say key "not checked" "there is no valid signature"; unmet yes
else
  current=$trusted; number=1
  while [ "$(key_id "$current")" != "$named" ]; do
    change=$x/compliance/rotation-$(printf %04d $number)
    number=$((number + 1))
    [ -f "$change.json" ] && [ -f "$change.json.sig" ] && [ -f "$change.pem" ] || break
    [ "$(field "$change.json" old_key)" = "sha256:$(key_id "$current")" ] || continue
    openssl dgst -sha256 -verify "$current" -signature "$change.json.sig" "$change.json" > /dev/null 2>&1 || break
    [ "$(field "$change.json" new_key)" = "sha256:$(key_id "$change.pem")" ] || break
    current=$change.pem
  done
  if [ "$(key_id "$current")" = "$named" ]; then say key ok "sha256:$named"
  else wrong key "sha256:$named is not the key that you trust, nor follows from it"; fi
fi

# --- timestamp: answers of authorities beside the file
created_of() { sed -n 's/.*"created":"\([^"]*\)".*/\1/p' "$1"; }
seconds_of() { date -d "$1" +%s; }
stated_in() { openssl ts -reply -in "$1" -text 2> /dev/null | sed -n 's/^Time stamp: //p'; }
is_proven() { openssl ts -verify -data "$1" -in "$2" -CAfile "$roots" -attime "$3" > "$work/said" 2>&1; }
# The earliest time, in seconds, that an authority stated of another snapshot ($1) of this seal ($2).
first_of() {
  ln -sf "$1" "$work/other"
  unzip -p "$work/other" compliance/seal.json > "$work/other.json" 2> /dev/null || return 0
  unzip -p "$work/other" datapackage-digest.json > "$work/other.digest" 2> /dev/null || return 0
  [ "$(sha "$work/other.json")" = "$2" ] || return 0
  for answer in "$1".tsr.*; do
    time=$(stated_in "$answer"); [ -n "$time" ] || continue
    ! is_proven "$work/other.digest" "$answer" "$(seconds_of "$time")" || seconds_of "$time"
  done | sort -n | sed -n 1p
}
here=$(cd -- "$(dirname -- "$file")" && pwd)
found=; good=; first=; made=$(seconds_of "$(created_of "$seal")")
for answer in "$file".tsr.*; do
  [ -f "$answer" ] || continue
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
  for link in "$here"/chain/[0-9]*.json; do
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
  for link in "$folder"/[0-9]*.json; do
    number=$((number + 1)); this=$(sha "$link")
    [ "$(field "$link" sequence)" = $number ] || { chain_wrong="seal $number is missing"; break; }
    [ "$(field "$link" prev_seal)" = "$previous" ] || { chain_wrong="seal $number does not follow from the one before"; break; }
    this_made=$(created_of "$link")
    printf '%s\n%s\n' "$last_made" "$this_made" | sort -c 2> /dev/null || { chain_wrong="seal $number says that it was made before the one before it"; break; }
    last_made=$this_made
    [ $number != "$sequence" ] || [ "$this" = "$digest" ] || { chain_wrong="the chain has another seal $sequence than this one"; break; }
    [ $number != "$want" ] || [ "$this" = "${head#*:}" ] || { chain_wrong="seal $want is not the one that was published"; break; }
    previous=sha256:$this
  done
  if [ -z "$chain_wrong" ]; then
    [ "$number" -ge "$sequence" ] || chain_wrong="the chain ends at $number, before this seal"
    [ -z "$want" ] || [ "$number" -ge "$want" ] || chain_wrong="the chain ends at $number, but a head of $want was published"
    [ "$(cat "$folder/../HEAD" 2> /dev/null)" = "$number:${previous#sha256:}" ] || chain_wrong="the chain does not end with the seal that HEAD names"
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
