"""Starts a warden at a terminal, types its passphrase, waits until it serves, ends it. at_terminal.py CONF PHRASE"""

import os
import pty
import signal
import sys
import time

conf, phrase_file = sys.argv[1:]
log = os.environ["SEKISHO_LOG"]
with open(phrase_file, "rb") as file:
    phrase = file.read().strip()

pid, terminal = pty.fork()
if pid == 0:
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.execvp("sekisho-warden", ["sekisho-warden", "--config", conf])


def ended():
    done, status = os.waitpid(pid, os.WNOHANG)
    if done:
        sys.exit("ended with %d" % os.waitstatus_to_exitcode(status))


shown = b""
try:
    while b"root key: " not in shown:
        shown += os.read(terminal, 100)
except OSError:
    time.sleep(0.1)
    ended()
os.write(terminal, phrase + b"\n")
for _ in range(200):
    ended()
    with open(log, "rb") as file:
        said = file.read()
    if b"ready:" in said or b"the set ended" in said:
        break
    time.sleep(0.05)
os.kill(pid, signal.SIGTERM)
code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
sys.exit("ended with %d" % code if code else 0)
