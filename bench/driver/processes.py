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


def wait_for_line(process, start, seconds):
    """Waits for a server's first line of standard output, which begins with `start`; gives what follows."""
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
    line = text.decode(errors="replace").split("\n")[0]
    if not line.startswith(start):
        raise BenchError(f"{os.path.basename(process.args[0])} says {line!r}, not {start!r}")
    return line[len(start):].strip()


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
        yield process.pid, int(wait_for_line(process, "ready", 20))
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


def _parents():
    """Parent and name of every process (proc(5))."""
    found = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/stat", encoding="ascii", errors="replace") as file:
                text = file.read()
        except OSError:
            continue
        end_of_name = text.rindex(")")
        found[int(entry)] = (int(text[end_of_name + 2 :].split()[1]), text[text.index("(") + 1 : end_of_name])
    return found


def descendants(pid, prefix):
    """Pids of the processes below `pid` whose names begin with `prefix`, by the rest of the name."""
    parents = _parents()
    found = {}
    for candidate, (above, name) in parents.items():
        while above != pid and above in parents:
            above = parents[above][0]
        if above == pid and name.startswith(prefix):
            found[name[len(prefix) :]] = candidate
    return found
