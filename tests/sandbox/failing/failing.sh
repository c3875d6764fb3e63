#!/usr/bin/env bash
# Every set-up step of every process is made to fail from outside (failing.c), call by call: the start stops, the
# warden's log names process and step, and its exit code says EXIT_SANDBOX. Then calls that only say they succeeded:
# the proof behind the step finds them. failing.sh BIN TOOL PROCESS...
tool=$2 processes=("${@:3}")
. "$(dirname "$0")/../../system/case.sh" "$1"

EPERM=1 EIO=5 ENOMEM=12 PRETENDS=0
sandbox_error=71 config_error=74 # privsep/wire/exit_codes.h

set_create "$folder" >/dev/null
conf=$folder/set/sekisho.conf
cp -p "$conf" "$folder/plain.conf"
wrap_root_key() {
  (umask 077 && head -c 12 /dev/urandom | base64 >"$folder/phrase")
  sekisho key wrap --root-key "$folder/set/root.key" --output "$folder/set/root.wrapped" --memory-mib 64 \
    --password-file "$folder/phrase" >/dev/null 2>&1
  grep -v '^root_key' "$folder/plain.conf" >"$conf"
  printf 'root_key = passphrase:%s\nroot_key_secret = %s\n' "$folder/set/root.wrapped" "$folder/phrase" >>"$conf"
}

# stops PROCESS CODE TEXT [NTH ERRNO CALL [ARGUMENT=VALUE...]]: the start ends with this code and this line in the log.
# Without a call: nothing may be locked into RAM.
cases=0
stops() {
  local process=$1 code=$2 text=$3 got=0
  shift 3
  local under=("$tool" "$process" "$@" --)
  (($# > 0)) || under=(prlimit --memlock=0:0)
  : >"$folder/warden.log"
  "${under[@]}" sekisho-warden --config "$conf" >"$folder/warden.log" 2>&1 &
  warden=$!
  for _ in $(seq 400); do
    grep -qE '^ready:|the set ended with' "$folder/warden.log" && break
    kill -0 "$warden" 2>/dev/null || break
    sleep 0.02
  done
  kill -TERM "$warden" 2>/dev/null || true
  wait "$warden" || got=$?
  warden=
  grep -q '^ready:' "$folder/warden.log" && fail "$process serves although a call of its fails: $*"
  grep -qF -- "$text" "$folder/warden.log" || fail "$process, $*: the log does not say '$text'"
  ((got == code)) || fail "$process, $*: ended with $got, not $code"
  cases=$((cases + 1))
}
# step PROCESS NAME NTH ERRNO CALL...: the step of this name fails
step() {
  local name=$1
  [[ $1 == set ]] && name=warden
  stops "$1" "$sandbox_error" "$(printf '%-6s' "$name") cannot lock itself down: step \"$2\" failed" "${@:3}"
}

# Arguments of prctl(2), fcntl(2), madvise(2), prlimit64(2) as the kernel's headers number them.
every_process() {
  # The set's warden has made some of these calls before its own lock-down: as the keeper's child, to know what the
  # kernel offers, to verify the others.
  local p=$1 before=0
  [[ $p == set ]] && before=1
  for limit in 4 6 7 1; do # CORE, NPROC, NOFILE, FSIZE: asked, set
    step "$p" rlimits 1 $EPERM prlimit64 1=$limit
    step "$p" rlimits 2 $EPERM prlimit64 1=$limit
  done
  step "$p" rlimits 1 $EPERM rt_sigaction 0=25              # SIGXFSZ
  step "$p" "not dumpable" 1 $EPERM prctl 0=4               # PR_SET_DUMPABLE
  step "$p" "not dumpable" 1 $PRETENDS prctl 0=4
  step "$p" namespaces 1 $EPERM unshare
  step "$p" capabilities 1 $EPERM prctl 0=24                # PR_CAPBSET_DROP
  step "$p" capabilities 1 $EPERM prctl 0=47                # PR_CAP_AMBIENT
  step "$p" capabilities 1 $EPERM prctl 0=28                # PR_SET_SECUREBITS
  step "$p" capabilities 1 $EPERM capget
  step "$p" capabilities 1 $EPERM capset
  step "$p" identity 2 $EPERM capset
  step "$p" identity 2 $PRETENDS capset
  step "$p" identity $((1 + before)) $EPERM prctl 0=1       # PR_SET_PDEATHSIG
  if [[ $(id -u) == 0 ]]; then
    for call in setgroups setresgid setresuid; do step "$p" identity 1 $EPERM $call; done
    for call in setresgid setresuid; do step "$p" identity 1 $PRETENDS $call; done
  fi
  step "$p" no_new_privs 1 $EPERM prctl 0=38                # PR_SET_NO_NEW_PRIVS
  step "$p" MDWE 1 $EPERM prctl 0=65                        # PR_SET_MDWE
  step "$p" MDWE 1 $PRETENDS prctl 0=65
  step "$p" Landlock $((1 + before)) $EPERM landlock_create_ruleset
  step "$p" Landlock $((2 + before)) $EPERM landlock_create_ruleset
  step "$p" Landlock 1 $EPERM landlock_restrict_self
  step "$p" seccomp $((1 + 3 * before)) $EPERM pipe2 # to hash its program, and those that it verifies
  step "$p" seccomp $((1 + before)) $EPERM seccomp 0=1 1=2  # SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_LOG
}
with_a_root() {
  # Not `pretends` for unshare and mount: the steps after them would be taken in the machine's own namespace.
  step "$1" "root folder" 1 $EPERM mount                    # private
  step "$1" "root folder" 2 $EPERM mount                    # bound
  step "$1" "root folder" 1 $EPERM mount_setattr
  step "$1" "root folder" 1 $EPERM chdir
  step "$1" "root folder" 1 $EPERM pivot_root
  step "$1" "root folder" 1 $PRETENDS pivot_root
  step "$1" "root folder" 1 $EPERM umount2
  step "$1" "root folder" 1 $PRETENDS umount2
  step "$1" "root folder" 2 $EPERM chdir
}
that_attests() {
  step "$1" self-check 1 $PRETENDS prctl 0=24               # the bounding set is still there
  step "$1" self-check 2 $EPERM prctl 0=3                   # PR_GET_DUMPABLE
  step "$1" self-check 2 $EPERM prctl 0=66                  # PR_GET_MDWE
}
that_was_wired() {
  step "$1" descriptors 1 $EPERM fcntl 1=3                  # F_GETFL
  step "$1" descriptors 1 $EPERM fcntl 1=2                  # F_SETFD
  step "$1" descriptors 1 $EPERM close_range
  step "$1" rlimits 2 $ENOMEM prlimit64 1=9                 # RLIMIT_AS
}
with_secrets() {
  step "$1" "secrets arena" 1 $ENOMEM mmap 2=0 3=34         # PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS
  step "$1" "secrets arena" 1 $EPERM madvise 2=16           # MADV_DONTDUMP
  step "$1" "secrets arena" 1 $EPERM madvise 2=18           # MADV_WIPEONFORK
  step "$1" "secrets arena" 1 $ENOMEM mlock
}

for process in "${processes[@]}"; do
  case $process in
  vault)
    every_process vault && that_was_wired vault && with_a_root vault && that_attests vault && with_secrets vault
    for call in fdatasync pwrite64; do
      rm -rf "$folder/set/store" # a new one is written at its start
      step vault store 1 $EIO $call
    done
    stops vault $config_error "vault  cannot use the key file" 1 $EIO mmap 4=6
    ;;
  auth)
    every_process auth && that_was_wired auth && with_a_root auth && that_attests auth && with_secrets auth
    stops auth $config_error "auth   cannot use the key file" 1 $EIO read 0=6
    for call in fdatasync pwrite64; do
      rm -rf "$folder/set/accounts" # a new one is written at its start
      step auth store 1 $EIO $call
    done
    ;;
  front)
    every_process front && that_was_wired front && with_a_root front && that_attests front
    step front Landlock 1 $EPERM landlock_add_rule
    for call in fdatasync pwrite64; do
      rm -rf "$folder/set/register" # new ones are written at its start
      step front store 1 $EIO $call
    done
    step front store 1 $EPERM fchdir
    step front store 3 $EPERM chdir                           # the third: back into its root
    step front store 3 $PRETENDS chdir
    stops front $sandbox_error "an open folder leads out of its root" 1 $PRETENDS close 0=10
    stops front $config_error "front  cannot use the certificate" 1 $EIO read 0=7
    stops front $config_error "front  cannot use the terms of use" 1 $EIO read 0=9
    stops front $config_error "front  cannot use the address" 1 $EPERM listen
    ;;
  set)
    every_process set && with_a_root set && that_attests set
    stops set $sandbox_error "is not locked down as promised: Landlock rights" 1 $EPERM landlock_create_ruleset
    ;;
  unseal)
    wrap_root_key
    every_process unseal && that_was_wired unseal && with_secrets unseal
    ;;
  esac
  echo "$process: $cases starts stopped so far"
done

if [[ $(id -u) == 0 ]]; then
  echo "secrets arena without RLIMIT_MEMLOCK: skipped, root may lock all the same"
else
  # By the machine's own means.
  cp -p "$folder/plain.conf" "$conf"
  step vault "secrets arena"
fi
