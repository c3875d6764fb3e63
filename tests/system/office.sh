# Officers of the register for system tests: sessions by the command, calls by python3-grpcio (office/office.py).
# Sourced after case.sh. shellcheck shell=bash

/usr/bin/python3 -c 'import grpc, google.protobuf' 2>/dev/null || {
  echo "skipped: python3-grpcio is not installed"
  exit 77
}

# office_login DESK ACCOUNT: a session that the scripts know by the account's name
office_login() {
  local desk=$1 account=$2 session
  wants 0 set_login "$desk" "$account" --replace-session
  session=$(grep -o 'prefectures/[0-9]*/sessions/[0-9a-f]*' "$folder/out") || fail "no session of $account"
  echo "$account $desk $session" >>"$folder/sessions"
}

# office SCRIPT [ARGUMENT...]: a script of office/ with the sessions that are there
office() {
  local script=$1
  shift
  SEKISHO_PROTO=$(dirname "${BASH_SOURCE[0]}")/../../proto \
    /usr/bin/python3 -B "$(dirname "${BASH_SOURCE[0]}")/office/$script.py" "$folder" "$@"
}
