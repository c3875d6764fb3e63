"""A side is something that can be measured again and again: a name and a way to run it once."""

from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from driver import processes

PING = "/sekisho.bench.v1.BenchService/Ping"
IN_FLIGHT = 64
WARM_UP = 0.25  # seconds


@dataclass(frozen=True)
class Side:
    """`run(seconds)` measures once for so long and gives the load's result."""

    name: str
    title: str
    run: Callable[[float], dict]


@dataclass(frozen=True)
class Tls:
    """PEM files of a certificate authority made for this run, a server and a client."""

    ca: Path
    server: Path
    server_key: Path
    client: Path
    client_key: Path

    def server_arguments(self):
        """As the bench's servers take them."""
        return [self.ca, self.server, self.server_key]

    def client_arguments(self):
        """As bench-load takes them."""
        return ["--ca", self.ca, "--cert", self.client, "--key", self.client_key]


@dataclass(frozen=True)
class PingServer:
    """A server of BenchService: its command over each transport begins with these words."""

    name: str
    title: str
    program: str
    over_unix: Callable[[Path], list]
    over_tcp: Callable[[], list]


def _peer(name, title, program, threads):
    return PingServer(name, title, program, lambda path: [f"unix:{path}", threads], lambda: ["127.0.0.1:0", threads])


PING_SERVERS = [
    PingServer("ours", "server/rpc", "bench-ping-server", lambda path: ["unix", path], lambda: ["tcp"]),
    _peer("cpp-async1", "gRPC C++ async, 1 thread", "bench-peer-async", 1),
    _peer("cpp-async2", "gRPC C++ async, 2 threads", "bench-peer-async", 2),
    _peer("cpp-callback", "gRPC C++ callback", "bench-peer-callback", 1),
]


def load_side(name, title, command, pids):
    """Side: a bench-load command; the CPU time of `pids` (name -> pid) is charged to its calls."""
    watched = [word for process, pid in pids.items() for word in ("--pid", f"{process}:{pid}")]

    def run(seconds):
        return processes.load(command + watched + ["--seconds", seconds, "--warm-up", WARM_UP], seconds + 60)

    return Side(name, title, run)


def ping_command(binaries, target, method=PING, in_flight=IN_FLIGHT):
    """bench-load with empty unary calls."""
    return [binaries / "bench-load", "ping", "--target", target, "--method", method, "--in-flight", in_flight]


def start_ping_servers(stack, binaries, folder, tls):
    """Starts ours and the peers over both transports, to run until `stack` is left; gives their sides."""
    sides = []
    for kind in PING_SERVERS:
        program = binaries / kind.program
        pid, port = stack.enter_context(processes.server([program] + kind.over_tcp() + tls.server_arguments()))
        command = ping_command(binaries, f"ipv4:127.0.0.1:{port}") + tls.client_arguments()
        sides.append(load_side(f"ping-mtls-{kind.name}", f"empty unary, mTLS: {kind.title}", command, {"server": pid}))
    for kind in PING_SERVERS:
        path = folder / f"{kind.name}.sock"
        pid, _ = stack.enter_context(processes.server([binaries / kind.program] + kind.over_unix(path)))
        command = ping_command(binaries, f"unix:{path}")
        sides.append(load_side(f"ping-unix-{kind.name}", f"empty unary, unix: {kind.title}", command, {"server": pid}))
    return sides


def _program_side(name, title, command):
    return Side(name, title, lambda seconds: processes.load(command + [seconds], seconds * 3 + 60))


def limit_sides(binaries, folder, store, table):
    """What bounds the others: the store without processes, our frames without work, the disk without a store."""
    sides = []
    for loop, batch, group, title in (
        ("match", 256, 1, "store loop: tag, look up, compare"),
        ("ledger", 256, 4, "store loop with leaf and durable commit, 4 x 256 a commit"),
        ("call", 256, 4, "sealed calls in process, 4 x 256 a commit"),
        ("call", 1, 64, "sealed calls in process, 64 x 1 a commit"),
    ):
        command = [binaries / "bench-store", loop, store, table, batch, group]
        sides.append(_program_side(f"store-{loop}-{batch}x{group}", title, command))
    for items, in_flight in ((1, 1), (1, 32), (256, 4)):
        title = f"socketpair echo, frames of {items}, {in_flight} in flight"
        sides.append(_program_side(f"echo-{items}x{in_flight}", title, [binaries / "bench-echo", items, in_flight]))
    sides.append(_program_side("fdatasync", "4 KiB overwrites made durable",
                               [binaries / "bench-fdatasync", folder / "fdatasync.tmp"]))
    return sides
