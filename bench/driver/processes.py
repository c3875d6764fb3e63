"""Servers and loads as processes: started with a private folder, ended by their own pid, never more than one load at a time."""

import json
import os
import select
import signal
import subprocess
import time
from contextlib import contextmanager


class BenchError(Exception):
    """The bench cannot go on; the text says why."""


def wait_for_ready(process, seconds):
    """Reads "ready <port>" from a server's standard output."""
    deadline = time.monotonic() + seconds
    text = b""
    descriptor = process.stdout.fileno()
    while b"\n" not in text:
        left = deadline - time.monotonic()
        readable, _, _ = select.select([descriptor], [], [], max(0, left))
        part = os.read(descriptor, 256) if readable else b""
        if not part:
            raise BenchError(f"{os.path.basename(process.args[0])} does not start")
        text += part
    word, _, port = text.decode().split("\n")[0].partition(" ")
    if word != "ready":
        raise BenchError(f"{os.path.basename(process.args[0])} says {word!r} instead of being ready")
    return int(port)


def end(process, seconds=10):
    """Ends a process that this bench has started."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()


@contextmanager
def server(command):
    """A server that says "ready <port>"; gives (pid, port)."""
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE)
    try:
        yield process.pid, wait_for_ready(process, 20)
    finally:
        end(process)


def load(command, seconds):
    """Runs one load to its end and gives its line of JSON. A load that failed spoils the bench: half a result is none."""
    try:
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as error:
        raise BenchError(f"{os.path.basename(str(command[0]))} did not end within {seconds} s") from error
    if done.returncode != 0:
        name = " ".join(str(part) for part in command[:2])
        said = (done.stderr + done.stdout).strip()[-600:]
        raise BenchError(f"{os.path.basename(name)} failed with status {done.returncode}: {said}")
    return json.loads(done.stdout)


def children(pid):
    """Names and pids of a process's children, by comm (proc(5))."""
    found = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat", encoding="ascii", errors="replace") as file:
                text = file.read()
        except OSError:
            continue
        name, rest = text[text.index("(") + 1 : text.rindex(")")], text[text.rindex(")") + 2 :].split()
        if int(rest[1]) == pid:
            found[name] = int(entry)
    return found
