#!/usr/bin/env bash
# The sources of the root key: the set starts with each, a wrong secret ends the start with a reason, a crash needs no
# person, the unsealing process is gone once the set serves, and the key is in no other process's memory.
. "$(dirname "$0")/case.sh"

config_error=74 # privsep/wire/exit_codes.h
phrase="invented passphrase $RANDOM$RANDOM$RANDOM"
set_create "$folder" >/dev/null
conf=$folder/set/sekisho.conf key=$folder/set/root.key wrapped=$folder/set/root.wrapped
cp -p "$conf" "$folder/plain.conf"

secret_file() { (umask 077 && printf '%s\n' "$2" >"$folder/$1"); }
secret_file phrase "$phrase"
secret_file wrong "another $phrase"

# source_is LINE...: these lines instead of the configuration's root_key
source_is() {
  grep -v '^root_key' "$folder/plain.conf" >"$conf"
  printf '%s\n' "$@" >>"$conf"
}

# must_end TEXT: a started warden ends with EXIT_CONFIG and this line in its log
must_end() {
  local code=0
  wait "$warden" || code=$?
  warden=
  ((code == config_error)) || fail "the warden ended with $code, not $config_error"
  grep -qF -- "$1" "$folder/warden.log" || fail "the log does not say '$1'"
  grep -q '^ready:' "$folder/warden.log" && fail "the set served before"
  return 0
}
must_refuse() {
  set_start && fail "the set started"
  must_end "$1"
  echo "refused: $1"
}

no_unsealer() {
  local left
  left=$(pgrep -g "$(ps -o pgid= -p "$warden" | tr -d ' ')" sekisho-unseal || true)
  [[ -z $left ]] && left=$(pgrep -P "$warden" sekisho-unseal || true)
  [[ -z $left ]] || fail "sekisho-unseal is there while the set serves"
}

# serves_after_kill: what is enrolled is found before and after a kill -9 of the vault, without a person
serves_after_kill() {
  wants 0 set_login review reviewer01 --replace-session
  wants 0 as review sekisho lookup --purpose change --input "$folder/people.csv" --quiet
  no_unsealer
  kill -9 "$(set_process vault)"
  set_wait_ready 2 || fail "no restart after kill -9 of the vault"
  no_unsealer
  [[ $(grep -c 'the root key is open' "$folder/warden.log") == "$1" ]] || fail "the root key was unsealed again"
  wants 0 set_login review reviewer01 --replace-session
  wants 0 as review sekisho lookup --purpose change --input "$folder/people.csv" --quiet
}

echo "a plain file"
source_is "root_key = file:$key"
set_start || fail "the set did not start with file:"
people 5 1 "$folder/people.csv"
wants 0 set_login reception reception01
wants 0 as reception sekisho enroll --input "$folder/people.csv" --quiet
serves_after_kill 0
set_stop

echo "a passphrase"
wants 2 sekisho key wrap --root-key "$key" --output "$wrapped" --memory-mib 63 --password-file "$folder/phrase"
wants 2 sekisho key wrap --root-key "$folder/set/login.pin" --output "$wrapped" --password-file "$folder/phrase"
says "is not a root key"
printf 'short' | wants 2 sekisho key wrap --root-key "$key" --output "$wrapped" --password-file -
says "at least 12"
[[ ! -e $wrapped ]] || fail "a refused wrapping left a file"
wants 0 sekisho key wrap --root-key "$key" --output "$wrapped" --memory-mib 64 --password-file "$folder/phrase"
[[ $(stat -c %a%s "$wrapped") == 400100 ]] || fail "the wrapped key is not 100 bytes of mode 0400"
wants 2 sekisho key wrap --root-key "$key" --output "$wrapped" --memory-mib 64 --password-file "$folder/phrase"
printf 'hex:%s\n' "$(od -An -v -tx1 "$key" | tr -d ' \n')" >"$folder/root.canary"
cat "$folder/phrase" >"$folder/phrase.canary"
cp -p "$key" "$folder/root.key.away" && rm -f "$key"

source_is "root_key = passphrase:$wrapped" "root_key_secret = $folder/phrase"
sekisho-warden --check-config "$conf" || fail "the configuration is refused"
set_start || fail "the set did not start with a passphrase"
serves_after_kill 1
if images_possible; then
  for name in keeper set front auth vault; do
    pid=$([[ $name == keeper ]] && echo "$warden" || set_process "$name")
    memory_image "$pid" "$folder/core" || fail "no memory image of $name"
    for canary in root phrase; do
      canary-scan "$folder/$canary.canary" "$folder/core" >"$folder/hits" || fail "$name holds the $canary"
    done
    rm -f "$folder/core"
  done
  echo "clean: memory of keeper, warden, front, auth, vault"
else
  echo "memory images: skipped, only root may take them, and not of a sanitizer build"
fi
for canary in root phrase; do
  canary-scan "$folder/$canary.canary" "$folder/warden.log" "$wrapped" "$conf" >/dev/null || fail "a file holds the $canary"
done

echo "a source that changes under a running warden"
source_is "root_key = file:$folder/root.key.away"
kill -9 "$(set_process vault)"
code=0
wait "$warden" || code=$?
warden=
((code == config_error)) || fail "the warden ended with $code"
grep -qF "the source of the root key has changed" "$folder/warden.log" || fail "the log does not say why"

echo "what is refused"
source_is "root_key = passphrase:$wrapped" "root_key_secret = $folder/wrong"
must_refuse "the root key does not open"
head -c 99 "$wrapped" >"$folder/set/short" && chmod 400 "$folder/set/short"
source_is "root_key = passphrase:$folder/set/short" "root_key_secret = $folder/phrase"
must_refuse "is not a wrapped root key"
source_is "root_key = passphrase:$folder/root.key.away" "root_key_secret = $folder/phrase"
must_refuse "is not a wrapped root key"
{ head -c 12 "$wrapped" && printf '\377\377\377\377' && tail -c +17 "$wrapped"; } >"$folder/set/greedy"
chmod 400 "$folder/set/greedy"
source_is "root_key = passphrase:$folder/set/greedy" "root_key_secret = $folder/phrase"
must_refuse "costs are out of bounds"
# the wrapped file where the plain one belongs
source_is "root_key = $wrapped"
must_refuse "vault  cannot use the key file"
source_is "root_key = passphrase:$wrapped" "root_key_secret = $folder/phrase"
chmod 644 "$folder/phrase"
must_refuse "root_key_secret: $folder/phrase: must be a regular file"
chmod 600 "$folder/phrase"
source_is "root_key = passphrase:$wrapped" "root_key_token = pkcs11:object=x"
must_refuse "has no use for"
source_is "root_key = token:$wrapped" "root_key_module = $conf"
must_refuse "without root_key_token"
source_is "root_key = token:$wrapped" "root_key_module = $conf" "root_key_token = pkcs11:object=x?pin-value=1234"
must_refuse "must not have a PIN"

echo "a terminal"
source_is "root_key = passphrase:$wrapped"
: >"$folder/warden.log"
setsid sekisho-warden --config "$conf" >"$folder/warden.log" 2>&1 &
warden=$!
must_end "there is no terminal to ask"
python3 - "$conf" "$folder/phrase" "$folder/warden.log" <<'PYTHON' || fail "the terminal"
import os, pty, signal, sys, time

conf, phrase_file, log = sys.argv[1:]
phrase = open(phrase_file, "rb").read().strip()
pid, terminal = pty.fork()
if pid == 0:
    out = os.open(log, os.O_WRONLY | os.O_TRUNC)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.execvp("sekisho-warden", ["sekisho-warden", "--config", conf])
shown = b""
while b"Passphrase of the root key: " not in shown:
    shown += os.read(terminal, 100)
os.write(terminal, phrase + b"\n")
for _ in range(600):
    if b"ready:" in open(log, "rb").read():
        break
    time.sleep(0.05)
else:
    os.kill(pid, signal.SIGKILL)
    sys.exit("not ready: " + open(log).read())
os.kill(pid, signal.SIGTERM)
code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
os.set_blocking(terminal, False)
try:
    shown += os.read(terminal, 4096)
except OSError:
    pass
sys.exit(0 if code == 0 and phrase not in shown else "ended with %d, shown: %r" % (code, shown))
PYTHON

echo "a token"
module=$(ls /usr/lib/*/softhsm/libsofthsm2.so 2>/dev/null | head -n 1)
if [[ -z $module ]] || ! command -v softhsm2-util >/dev/null; then
  echo "token: skipped, SoftHSM is not installed"
  exit 0
fi
# The uid of the unsealing process must reach the token's files: that is what an operator grants.
chmod 711 "$folder"
export SOFTHSM2_CONF=$folder/softhsm.conf
mkdir -m 700 "$folder/tokens"
printf 'directories.tokendir = %s\nlog.level = ERROR\n' "$folder/tokens" >"$SOFTHSM2_CONF"
chmod 644 "$SOFTHSM2_CONF"
# invented PINs of a token that lives as long as this test
softhsm2-util --init-token --free --label sekisho-test --so-pin 31415926 --pin 27182818 >/dev/null
secret_file pin 27182818
secret_file wrong-pin 11112222
uri="pkcs11:token=sekisho-test;object=root%20key"
wants 2 sekisho key wrap --root-key "$folder/root.key.away" --output "$wrapped.token" --token "$uri" --module "$module" \
  --password-file "$folder/wrong-pin"
says "refuses the PIN"
wants 2 sekisho key wrap --root-key "$folder/root.key.away" --output "$wrapped.token" --token "pkcs11:token=another;object=x" \
  --module "$module" --password-file "$folder/pin"
says "not exactly one such token"
wants 0 sekisho key wrap --root-key "$folder/root.key.away" --output "$wrapped.token" --token "$uri" --module "$module" \
  --password-file "$folder/pin"
[[ $(id -u) != 0 ]] || chown -R 64204 "$folder/tokens"
token_source() { # token_source FILE URI SECRET
  source_is "root_key = token:$1" "root_key_token = $2" "root_key_module = $module" "root_key_secret = $folder/$3" \
    "root_key_environment = SOFTHSM2_CONF=$SOFTHSM2_CONF"
}
token_source "$wrapped.token" "$uri" pin
set_start || fail "the set did not start with a token"
serves_after_kill 1
set_stop
token_source "$wrapped.token" "$uri" wrong-pin
must_refuse "the token refuses the PIN"
token_source "$wrapped.token" "pkcs11:token=sekisho-test;object=other" pin
must_refuse "the token has no such AES key"
token_source "$wrapped.token" "pkcs11:token=other;object=root%20key" pin
must_refuse "not exactly one such token"
token_source "$wrapped.token" "pkcs11:token=sekisho-test" pin
must_refuse "not a PKCS#11 URI of a key"
token_source "$wrapped" "$uri" pin
must_refuse "wrapped for the other source"
module=/usr/lib/os-release
token_source "$wrapped.token" "$uri" pin
must_refuse "module cannot be loaded"
