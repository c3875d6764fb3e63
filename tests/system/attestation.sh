#!/usr/bin/env bash
# The attestation of a running set is the reviewed one (tests/sandbox/golden/attestation.*.txt), as root and in a user
# namespace. What the kernel, libseccomp or the build decides is left out of the comparison: pids, hashes, Landlock's
# ABI and rights, how much is locked. With --print: prints what the file must hold.
print=${2:-}
. "$(dirname "$0")/case.sh"

if grep -qE '__(asan|tsan)_init' "$(command -v sekisho-vault)"; then
  echo "skipped: a sanitizer's build has the wider filters of privsep/sandbox/sanitizer.def and attests them"
  exit 77
fi
golden=$(dirname "$0")/../sandbox/golden/attestation.$([[ $(id -u) == 0 ]] && echo root || echo user).txt
set_create "$folder" >/dev/null
set_start || fail "the set did not start"
wants 0 as review sekisho attest --check --lang en
sed -E 's/\(pid [0-9]+\)/(pid P)/; s/, [0-9a-f]{16}\.\.\./, HASH/; s/[0-9a-f]{16}\.\.\./HASH/
  s/ABI [0-9]+, fs 0x[0-9a-f]+, net 0x[0-9a-f]+, scope 0x[0-9a-f]+/every right the kernel knows/
  s/^(locked memory \(KiB\)) +[1-9][0-9]* +[1-9][0-9]*/\1 some some/; s/ +/ /g; s/ $//; s/-{5,}/---/
  /^front/,$ s/^(threads|open descriptors) .*/\1 N/' "$folder/out" >"$folder/attested"
# which groups a user is in is the machine's affair, and a user namespace cannot give them up
[[ $(id -u) == 0 ]] || sed -i -E 's/^(supplementary groups) .*/\1 N/' "$folder/attested"
if [[ $print == --print ]]; then
  cat "$folder/attested"
  exit 0
fi
diff "$golden" "$folder/attested" || fail "the attestation is not the reviewed one"

# The filter came after gRPC's threads: it is on every one of them.
front=$(set_process front)
threads=$(find "/proc/$front/task" -mindepth 1 -maxdepth 1 | wc -l)
((threads > 1)) || fail "the front has no threads"
(($(cat "/proc/$front"/task/*/status | grep -cE '^Seccomp:\s2$') == threads)) || fail "a thread of the front has no filter"
(($(cat "/proc/$front"/task/*/status | grep -cE '^NoNewPrivs:\s1$') == threads)) || fail "a thread may gain privileges"

# Names for those who look at the process table.
for process in set vault auth front; do
  name=sekisho-$([[ $process == set ]] && echo warden || echo "$process")
  [[ $(cat "/proc/$(set_process "$process")/comm") == "$name" ]] || fail "$process is not named $name"
done

# Number calls come before logins.
nice_of() { # nice_of PROCESS
  awk '{ print $19 }' "/proc/$(set_process "$1")/stat"
}
(($(nice_of auth) > $(nice_of vault) && $(nice_of front) == $(nice_of vault))) || fail "auth does not give way"
