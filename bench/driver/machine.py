"""What the figures were taken on: enough to judge them, nothing that names the machine or its user."""

import os
import platform
import subprocess
import time
from pathlib import Path

LIBRARIES = {
    "gRPC core": "grpc",
    "gRPC C++": "grpc++",
    "protobuf-c": "libprotobuf-c",
    "LMDB": "lmdb",
    "OpenSSL": "libcrypto",
}


def _field(path, name, separator=":"):
    try:
        for line in Path(path).read_text().splitlines():
            key, _, value = line.partition(separator)
            if key.strip() == name:
                return value.strip().strip('"')
    except OSError:
        pass
    return "unknown"


def _output(*command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return done.stdout.strip() or "unknown"


def _processor_ticks():
    """Idle and total ticks of all CPUs (proc(5), /proc/stat)."""
    ticks = [int(value) for value in Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:9]]
    return ticks[3], sum(ticks)


def busy_share(seconds):
    """Share of all CPUs that others use now. A machine that is not idle halves a rate without a trace in it."""
    idle_before, total_before = _processor_ticks()
    time.sleep(seconds)
    idle_after, total_after = _processor_ticks()
    passed = total_after - total_before
    return 1 - (idle_after - idle_before) / passed if passed else 0.0


def grpc_release():
    """The release; pkg-config of gRPC core tells an ABI number instead."""
    return _output("pkg-config", "--modversion", "grpc++")


def describe(source):
    """Describes the machine and the versions, as plain strings and numbers."""
    memory_kib = _field("/proc/meminfo", "MemTotal").split()[0]
    versions = {name: _output("pkg-config", "--modversion", package) for name, package in LIBRARIES.items()}
    versions["gRPC core"] = grpc_release()
    commit = _output("git", "-C", str(source), "rev-parse", "--short=12", "HEAD")
    changed = _output("git", "-C", str(source), "status", "--porcelain", "--untracked-files=no") != "unknown"
    return {
        "cpu": _field("/proc/cpuinfo", "model name"),
        "cores": os.cpu_count(),
        "virtual": "hypervisor" in _field("/proc/cpuinfo", "flags").split(),
        "memory_gib": round(int(memory_kib) / 2**20, 1) if memory_kib.isdigit() else None,
        "kernel": platform.release(),
        "system": _field("/etc/os-release", "PRETTY_NAME", "="),
        "compiler": _output("cc", "--version").splitlines()[0],
        "versions": versions,
        "commit": commit + (" with changes" if changed else ""),
    }
