"""A real set: keys, accounts and certificates made for this run, the warden and its processes, people enrolled over gRPC."""

import os
import secrets
import socket
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from driver import processes, sides
from driver.processes import BenchError

PREFECTURE = "11"
HEALTH_CHECK = "/grpc.health.v1.Health/Check"
ENROLL_BATCH = 2000
ENROLL_SECONDS = 3600
# Above what any machine reaches, so that hardly a call is sealed while it is measured.
SEALED_CALLS_PER_SECOND = 120_000


@dataclass(frozen=True)
class Keys:
    """What `sekisho keygen` and `sekisho account add` made."""

    folder: Path
    port: int

    @property
    def configuration(self):
        """Of the warden."""
        return self.folder / "sekisho.conf"

    @property
    def password(self):
        """File with the accounts' password."""
        return self.folder / "bench.password"

    @property
    def tls(self):
        """The server's and the bench client's certificates; the peers serve with the same."""
        client = self.folder / "clients" / "bench"
        return sides.Tls(self.folder / "ca.crt.pem", self.folder / "server.crt.pem", self.folder / "server.key.pem",
                         Path(f"{client}.crt.pem"), Path(f"{client}.key.pem"))


def _run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BenchError(f"{Path(command[0]).name} {command[1]} failed: {(done.stderr + done.stdout).strip()[-600:]}")


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make_keys(binaries, folder):
    """Keys and two accounts: one that may enrol, one that may match."""
    keys = Keys(folder / "keys", _free_port())
    cli = binaries / "sekisho"
    _run(cli, "keygen", "--out", keys.folder, "--client", "bench", "--prefecture", PREFECTURE,
         "--listen", f"127.0.0.1:{keys.port}", "--quiet")
    descriptor = os.open(keys.password, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write("Aa1-" + secrets.token_hex(16))
    for account, role in (("enroller", "CEN"), ("matcher", "REV")):
        _run(cli, "account", "add", "--accounts", keys.folder / "accounts", "--prefecture", PREFECTURE, "--account", account,
             "--role", role, "--password-file", keys.password, "--quiet")
    return keys


@contextmanager
def running(binaries, keys, log):
    """The set, until the context is left; gives the pids of its processes by name."""
    with open(log, "wb") as errors:
        warden = subprocess.Popen([str(binaries / "sekisho-warden"), "--config", str(keys.configuration)], stdout=subprocess.PIPE,
                                  stderr=errors)
    try:
        processes.wait_for_line(warden, "ready:", 60)
        yield processes.descendants(warden.pid, "sekisho-")
    except BenchError as error:
        raise BenchError(f"{error}\n{Path(log).read_text(errors='replace')[-2000:]}") from error
    finally:
        processes.end(warden, 30)


def _session(binaries, keys, load, account, table):
    return [binaries / "bench-load", load, "--target", f"ipv4:127.0.0.1:{keys.port}", *keys.tls.client_arguments(),
            "--prefecture", PREFECTURE, "--account", account, "--password-file", keys.password, "--table", table]


def enroll(binaries, keys, people, table):
    """Enrols synthetic people; gives the load's result."""
    command = _session(binaries, keys, "enroll", "enroller", table) + ["--count", people, "--batch", ENROLL_BATCH]
    return processes.load(command, ENROLL_SECONDS)


def match_sides(binaries, keys, pids, table, seconds):
    """Sides of the running set: its own health check as the empty unary of the same front, and both ways to match."""
    watched = {name: pids[name] for name in ("front", "vault")}
    target = f"ipv4:127.0.0.1:{keys.port}"
    health = sides.ping_command(binaries, target, HEALTH_CHECK) + keys.tls.client_arguments()
    match = _session(binaries, keys, "match", "matcher", table)
    stream = _session(binaries, keys, "match-stream", "matcher", table)
    ahead = ["--seal-ahead", int((seconds + sides.WARM_UP) * SEALED_CALLS_PER_SECOND)]
    return [
        sides.load_side("ping-front", "health check of the running set's front, mTLS", health, watched),
        sides.load_side("match-unary", f"unary Match, mTLS, {sides.IN_FLIGHT} in flight",
                        match + ahead + ["--in-flight", sides.IN_FLIGHT], watched),
        sides.load_side("match-unary-1", "unary Match, mTLS, 1 in flight", match + ["--in-flight", 1], watched),
        sides.load_side("match-stream-256", "streamed Match, mTLS, batches of 256, 4 in flight",
                        stream + ["--batch", 256, "--in-flight", 4], watched),
    ]
