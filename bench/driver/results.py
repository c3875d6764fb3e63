"""The figures of a whole bench: ratios against what is asked for, and the results as JSON, as a table and as a page."""

import json
from dataclasses import dataclass
from typing import Optional

from driver import figures


@dataclass(frozen=True)
class Ratio:
    """Items a second of `above` divided by those of the best of `below`, in each round."""

    title: str
    above: str
    below: tuple
    target: Optional[float] = None  # None: for information


RATIOS = [
    Ratio("empty unary, mTLS: ours / best gRPC C++", "ping-mtls-ours",
          ("ping-mtls-cpp-async1", "ping-mtls-cpp-async2", "ping-mtls-cpp-callback"), 0.90),
    Ratio("empty unary, unix: ours / best gRPC C++", "ping-unix-ours",
          ("ping-unix-cpp-async1", "ping-unix-cpp-async2", "ping-unix-cpp-callback"), 0.90),
    Ratio("empty unary, mTLS: ours / gRPC C++ callback", "ping-mtls-ours", ("ping-mtls-cpp-callback",)),
    Ratio("unary Match / our empty unary, mTLS", "match-unary", ("ping-mtls-ours",), 0.50),
    Ratio("unary Match / health check of the same front, mTLS", "match-unary", ("ping-front",)),
    Ratio("unary Match / sealed calls in process, 64 a commit", "match-unary", ("store-call-1x64",)),
    Ratio("streamed Match 256 / store loop", "match-stream-256", ("store-match-256x1",)),
    Ratio("streamed Match 256 / store loop with durable ledger", "match-stream-256", ("store-ledger-256x4",)),
    Ratio("streamed Match 256 / sealed calls in process", "match-stream-256", ("store-call-256x4",)),
]


def rates(rounds, side):
    """Items a second of a side, by round."""
    return [measured[side]["items_per_s"] for measured in rounds]


def evaluate(rounds):
    """Evaluates every ratio whose sides have run."""
    evaluated = []
    for ratio in RATIOS:
        below = [side for side in ratio.below if side in rounds[0]]
        if ratio.above not in rounds[0] or not below:
            continue
        best = figures.best({side: rates(rounds, side) for side in below})
        value = figures.per_round_ratio(rates(rounds, ratio.above), rates(rounds, best))
        evaluated.append({
            "title": ratio.title,
            "above": ratio.above,
            "below": best,
            "median": value.median,
            "low": value.low,
            "high": value.high,
            "target": ratio.target,
            "met": None if ratio.target is None else value.median >= ratio.target,
        })
    return evaluated


def _spread_of(rounds, side, *path):
    values = []
    for measured in rounds:
        value = measured[side]
        for key in path:
            value = value.get(key, {}) if isinstance(value, dict) else {}
        if not isinstance(value, (int, float)):
            return None
        values.append(value)
    return figures.spread(values)


def summarise(rounds, titles):
    """One entry a side: medians and ranges of rate and latency, CPU time per call of each process."""
    sides = []
    for side in rounds[0]:
        rate = figures.spread(rates(rounds, side))
        entry = {"side": side, "title": titles[side], "items_per_s": vars(rate),
                 "items_per_call": rounds[0][side]["items_per_call"], "in_flight": rounds[0][side]["in_flight"]}
        for quantile in ("p50", "p99"):
            value = _spread_of(rounds, side, "latency_us", quantile)
            entry[f"{quantile}_us"] = vars(value) if value else None
        entry["cpu_us_per_call"] = {process: _spread_of(rounds, side, "cpu_us_per_call", process).median
                                    for process in rounds[0][side]["cpu_us_per_call"]}
        sides.append(entry)
    return sides


def document(mode, machine, rounds, titles, notes):
    """Everything about a bench as one JSON value, the single runs included."""
    return {"schema": 1, "mode": mode, "machine": machine, "notes": notes, "ratios": evaluate(rounds),
            "sides": summarise(rounds, titles), "rounds": rounds}


def _verdict(ratio):
    if ratio["met"] is None:
        return "information"
    return f">= {ratio['target']:.2f} {'met' if ratio['met'] else 'MISSED'}"


def ratio_rows(results):
    """Rows of the table of ratios, heading first."""
    rows = [("ratio", "median", "range", "asked for")]
    for ratio in results["ratios"]:
        rows.append((ratio["title"], f"{ratio['median']:.2f}", f"{ratio['low']:.2f}-{ratio['high']:.2f}",
                     _verdict(ratio)))
    return rows


def side_rows(results):
    """Rows of the table of sides, heading first."""
    rows = [("side", "items/s", "range", "p50 us", "p99 us", "CPU us per call")]
    for side in results["sides"]:
        rate = side["items_per_s"]
        cpu = ", ".join(f"{name} {value:.1f}" for name, value in side["cpu_us_per_call"].items())
        latency = [f"{side[name]['median']:,.0f}" if side[name] else "" for name in ("p50_us", "p99_us")]
        rows.append((side["title"], f"{rate['median']:,.0f}", f"{rate['low']:,.0f}-{rate['high']:,.0f}", *latency, cpu))
    return rows


def as_text(rows):
    """A table for a terminal: the first column to the left, figures to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def as_markdown(rows):
    """The same table for a page."""
    lines = ["| " + " | ".join(rows[0]) + " |", "|---" + "|---:" * (len(rows[0]) - 1) + "|"]
    lines += ["| " + " | ".join(row) + " |" for row in rows[1:]]
    return "\n".join(lines)


def page(results):
    """bench/RESULTS.md."""
    machine = results["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    notes = "\n".join(f"- {note}" for note in results["notes"])
    where = "virtual machine" if machine["virtual"] else "machine"
    return f"""# Results of scripts/bench

Written by `scripts/bench --{results['mode']} --record`; do not edit. Figures are medians of {len(results['rounds'])} rounds, with their
range; a ratio is taken within each round before its median. Absolute figures belong to the machine, ratios to the code.

## Ratios

{as_markdown(ratio_rows(results))}

## Sides

{as_markdown(side_rows(results))}

CPU time is that of all threads of a process, divided by the calls of the run; a call of `x items` counts once.

## How it was measured

{notes}

## The machine

{machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']} GiB, a {where} with Linux {machine['kernel']}, {machine['system']}.
{machine['compiler']}; {versions}. Commit {machine['commit']}.
"""


def save(path, results):
    """Writes the JSON."""
    path.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
