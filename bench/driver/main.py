"""scripts/bench: the whole of a bench, from the checks before it to the table after it."""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from driver import figures, machine, results, sekisho_set, sides
from driver.processes import BenchError

ROUNDS = 5
BUSY_MAX = 0.1  # share of the CPUs that others may use before the bench begins


@dataclass(frozen=True)
class Mode:
    """How long and how much."""

    name: str
    seconds: float  # of one run
    people: int
    rounds: int


MODES = {"quick": Mode("quick", 0.8, 100_000, ROUNDS), "full": Mode("full", 3.0, 1_000_000, 7)}


def cached(build, name):
    """A value of a build's CMakeCache.txt; empty when it is not set."""
    for line in (build / "CMakeCache.txt").read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition("=")
        if key.partition(":")[0] == name:
            return value
    return ""


def check_build(build):
    """Figures of a build without optimisation, or with sanitizers, are about something else."""
    if not (build / "CMakeCache.txt").exists():
        raise BenchError("there is no build here; run scripts/bench without --no-build")
    kind, sanitizers = cached(build, "CMAKE_BUILD_TYPE"), cached(build, "SEKISHO_SANITIZE")
    if kind not in ("Release", "RelWithDebInfo") or sanitizers:
        raise BenchError(f"refusing to measure a build of type {kind or 'none'} with sanitizers {sanitizers or 'none'}")


def check_peers(build):
    """The peers are built only where gRPC C++ is installed: nothing else of the product needs it."""
    missing = [server.program for server in sides.PING_SERVERS if not (build / "bin" / server.program).exists()]
    if missing:
        raise BenchError(f"{missing[0]} was not built; the peers need g++, libgrpc++-dev and protobuf-compiler-grpc")


def build_all(source, build):
    """Builds what is measured."""
    for command in (["cmake", "--preset", "release", "-B", build], ["cmake", "--build", build, "--target", "bench", "-j", os.cpu_count()]):
        done = subprocess.run([str(part) for part in command], cwd=source, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise BenchError("the build fails:\n" + (done.stdout + done.stderr)[-3000:])


def make_store(binaries, folder, people):
    """A store with people in it, for the loops in one process."""
    store, table = folder / "store", folder / "store.table"
    done = subprocess.run([binaries / "bench-store", "make", store, table, str(people)], capture_output=True, text=True,
                          check=False)
    if done.returncode != 0:
        raise BenchError(f"cannot make the store: {done.stderr.strip()}")
    return store, table


def run_rounds(all_sides, mode, say):
    """Every side once a round, never two at a time, in another order each round."""
    by_name = {side.name: side for side in all_sides}
    rounds = []
    for number in range(mode.rounds):
        measured = {}
        for name in figures.round_order(list(by_name), number):
            measured[name] = by_name[name].run(mode.seconds)
            say(f"round {number + 1} of {mode.rounds}: {len(measured)} of {len(by_name)} sides")
        rounds.append({name: measured[name] for name in by_name})
    return rounds


def progress():
    """Says how far things are, on one line of a terminal."""
    if not sys.stderr.isatty():
        return lambda text: None

    def say(text):
        sys.stderr.write(f"\r\033[K{text}")
        sys.stderr.flush()

    return say


def measure(source, build, mode, say):
    """The whole bench; gives the document of results."""
    binaries = build / "bin"
    busy = machine.busy_share(2)
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=build))
    try:
        with ExitStack() as stack:
            say("making keys and a store")
            keys = sekisho_set.make_keys(binaries, folder)
            store, table = make_store(binaries, folder, mode.people)
            all_sides = sides.start_ping_servers(stack, binaries, folder, keys.tls)
            all_sides += sides.limit_sides(binaries, folder, store, table)
            pids = stack.enter_context(sekisho_set.running(binaries, keys, folder / "warden.log"))
            say(f"enrolling {mode.people:,} people")
            enrolled = sekisho_set.enroll(binaries, keys, mode.people, folder / "people.table")
            all_sides += sekisho_set.match_sides(binaries, keys, pids, folder / "people.table", mode.seconds)
            rounds = run_rounds(all_sides, mode, say)
    finally:
        shutil.rmtree(folder)
    titles = {side.name: side.title for side in all_sides}
    return results.document(mode.name, machine.describe(source), rounds, titles, notes(mode, enrolled, busy))


def notes(mode, enrolled, busy):
    """What a reader must know to believe the figures."""
    warning = [f"NOT AN IDLE MACHINE: others used {busy:.0%} of its CPUs when the bench began; do not quote these figures."]
    return (warning if busy > BUSY_MAX else []) + [
        f"Closed loop: one client thread, one connection, {sides.IN_FLIGHT} calls in flight, retries off. Client and servers share the"
        " machine's cores, so rates of empty calls are bounded by the client.",
        f"Each run lasts {mode.seconds} s after a warm-up; rounds run every side once, in changing order, never two loads"
        " at a time. Nothing is pinned to a CPU but what the product pins itself.",
        "All sides of a comparison use the same transport; our runtime serves TCP only with mTLS, so the peers do, too.",
        "Unary Match calls are sealed before the run, streamed batches while it runs; the clear part of every answer is checked,"
        " the sealed part of every batch and of every 64th single answer is opened. All calls match. Every call has a ledger"
        " leaf on stable storage before its answer.",
        f"Enrolment of all people over the set, batches of {sekisho_set.ENROLL_BATCH}, durable:"
        f" {enrolled['items_per_s']:,.0f} people a second, once.",
        f"Stores hold {mode.people:,} synthetic people and are read into memory before each run.",
    ]


def parse(arguments):
    """Reads the command line."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Measures Sekisho beside its peers and its limits.")
    parser.add_argument("--full", action="store_true", help="longer runs, a million people (half an hour)")
    parser.add_argument("--quick", action="store_true", help="the default: under three minutes")
    parser.add_argument("--record", action="store_true", help="write bench/RESULTS.md, too")
    parser.add_argument("--build", type=Path, help="build folder (default build/bench)")
    parser.add_argument("--no-build", action="store_true", help="measure what is there")
    options = parser.parse_args(arguments)
    if options.full and options.quick:
        parser.error("--quick or --full, not both")
    return options


def main(source, arguments):
    """Exit status: 0 measured, 1 could not be measured. A missed target is a result, not a failure."""
    options = parse(arguments)
    build = (options.build or source / "build" / "bench").resolve()
    mode = MODES["full" if options.full else "quick"]
    say = progress()
    # As an exception, so that servers and loads are ended and the folder is removed on this way out, too.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    began = time.monotonic()
    try:
        if not options.no_build:
            say("building")
            build_all(source, build)
        check_build(build)
        check_peers(build)
        measured = measure(source, build, mode, say)
    except BenchError as error:
        say("")
        print(f"bench: {error}", file=sys.stderr)
        return 1
    say("")
    results.save(build / "results.json", measured)
    if options.record:
        (source / "bench" / "RESULTS.md").write_text(results.page(measured), encoding="utf-8")
    print(results.as_text(results.ratio_rows(measured)), end="\n\n")
    print(results.as_text(results.side_rows(measured)), end="\n\n")
    print("\n".join(measured["notes"]), end="\n\n")
    print(f"{mode.name}, {mode.rounds} rounds, {time.monotonic() - began:.0f} s; {build.name}/results.json has every run")
    return 0
