# Shell functions that run a synthetic set of processes in a folder; sourced by the demo and by tests/system.
# The folder holds set/ (what keygen makes), warden.log and a password file an account.
# shellcheck shell=bash

set_folder= warden=

# set_account NAME ROLE: a ready account with a random password, of a set that is stopped. In the product it takes two
# administrators, a temporary password and the terms of use (tests/system/accounts.sh).
set_account() {
  (umask 077 && head -c 12 /dev/urandom | base64 | sed 's/$/aA1!/' >"$set_folder/$1.password")
  ready-accounts "$set_folder/set/accounts" 11 account "$1" "$2" "$set_folder/$1.password"
}

# set_terminals: every desk, and the local socket, is a terminal.
set_terminals() {
  local certificate
  for certificate in "$set_folder"/set/clients/*.crt.pem; do
    ready-accounts "$set_folder/set/accounts" 11 terminal "$(basename "$certificate" .crt.pem)" "$certificate"
  done
  ready-accounts "$set_folder/set/accounts" 11 terminal local local
}

# set_keys FOLDER: keys, certificates for five desks and the portal, a configuration on a free port; nobody has an account.
set_keys() {
  set_folder=$1
  local port
  for _ in $(seq 50); do
    port=$((20000 + RANDOM % 20000))
    (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  sekisho keygen --out "$set_folder/set" --prefecture 11 --client office --client reception --client review \
    --client approval --client audit --client portal --listen "127.0.0.1:$port" 2>&1
}

# set_create FOLDER: set_keys, and ready accounts and terminals.
set_create() {
  local account
  set_keys "$1"
  set_terminals
  for account in reception01:REC reviewer01:REV approver01:APR privacy01:PRV auditor01:AUD; do
    set_account "${account%:*}" "${account#*:}"
  done
}

# set_start: starts the warden and waits until the set serves. Fails when it does not.
set_start() {
  : >"$set_folder/warden.log"
  sekisho-warden --config "$set_folder/set/sekisho.conf" >"$set_folder/warden.log" 2>&1 &
  warden=$!
  set_wait_ready 1
}

# set_wait_ready N: waits until the set has said for the Nth time that it serves.
set_wait_ready() {
  for _ in $(seq 600); do
    [[ $(grep -c '^ready:' "$set_folder/warden.log") -ge $1 ]] && return 0
    kill -0 "$warden" 2>/dev/null || return 1
    sleep 0.05
  done
  return 1
}

# set_stop: asks the warden to end; returns its exit code.
set_stop() {
  local code=0
  [[ -n $warden ]] || return 0
  kill -TERM "$warden" 2>/dev/null || true
  wait "$warden" || code=$?
  warden=
  return "$code"
}

# set_process NAME: pid of vault, auth or front of this set, or of its "set" warden.
set_process() {
  local set_warden
  set_warden=$(pgrep -P "$warden")
  [[ $1 == set ]] && echo "$set_warden" || pgrep -P "$set_warden" -x "sekisho-$1"
}

# as DESK COMMAND...: with the desk's address, certificate and session
as() {
  local desk=$1
  shift
  (
    # shellcheck disable=SC1090
    . "$set_folder/set/clients/$desk.env"
    "$@"
  )
}

# set_login DESK ACCOUNT [OPTION...]
set_login() {
  local desk=$1 account=$2
  shift 2
  as "$desk" sekisho login --prefecture 11 --account "$account" --password-file "$set_folder/$account.password" "$@"
}

# memory_image PID FILE: all memory of a process, that which it keeps out of core dumps included. Root only.
memory_image() {
  gdb -p "$1" -batch -nx -ex 'set dump-excluded-mappings on' -ex "gcore $2" >"$set_folder/gdb.log" 2>&1 || true
  [[ -s $2 ]]
}
