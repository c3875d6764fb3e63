"""Ratios against their targets, the documents they go into, and what must not be measured or told."""

import json
import tempfile
import unittest
from pathlib import Path

from driver import main, results
from driver.processes import BenchError, load

MACHINE = {"cpu": "a CPU", "cores": 2, "virtual": True, "memory_gib": 4.0, "kernel": "6.1", "system": "a system",
           "compiler": "cc 1", "versions": {"LMDB": "1"}, "commit": "abc"}


def run(rate, items_per_call=1, p50=100.0):
    return {"load": "x", "in_flight": 64, "items_per_call": items_per_call, "items_per_s": rate,
            "latency_us": {"p50": p50, "p99": p50 * 2}, "cpu_us_per_call": {"server": 7.0, "client": 8.0}}


def bench(ours, async1, callback):
    return [{"ping-mtls-ours": run(a), "ping-mtls-cpp-async1": run(b), "ping-mtls-cpp-callback": run(c)}
            for a, b, c in zip(ours, async1, callback)]


def document(rounds):
    titles = {side: f"title of {side}" for side in rounds[0]}
    return results.document("quick", MACHINE, rounds, titles, ["a note"])


class Ratios(unittest.TestCase):
    def test_against_the_best_peer_within_each_round(self):
        first = document(bench([90, 45, 190], [100, 50, 200], [60, 60, 60]))["ratios"][0]
        self.assertEqual(first["below"], "ping-mtls-cpp-async1")
        self.assertAlmostEqual(first["median"], 0.9)
        self.assertAlmostEqual(first["high"], 0.95)
        self.assertTrue(first["met"])

    def test_a_missed_target_is_told(self):
        measured = document(bench([80, 80, 80], [100, 100, 100], [60, 60, 60]))
        self.assertFalse(measured["ratios"][0]["met"])
        self.assertIn("MISSED", results.as_text(results.ratio_rows(measured)))

    def test_what_has_no_target_is_for_information(self):
        measured = document(bench([80, 80, 80], [100, 100, 100], [60, 60, 60]))
        self.assertIsNone(measured["ratios"][1]["met"])

    def test_sides_that_did_not_run_have_no_ratio(self):
        titles = [ratio["title"] for ratio in document(bench([1], [1], [1]))["ratios"]]
        self.assertEqual(len(titles), 2)


class Documents(unittest.TestCase):
    def setUp(self):
        self.measured = document(bench([90, 45, 190], [100, 50, 200], [60, 61, 62]))

    def test_json_holds_every_run_and_reads_back(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "results.json"
            results.save(path, self.measured)
            read = json.loads(path.read_text(encoding="utf-8"))
        self.assertEqual(read, json.loads(json.dumps(self.measured)))
        self.assertEqual(len(read["rounds"]), 3)
        self.assertEqual(read["sides"][0]["items_per_s"], {"median": 90, "low": 45, "high": 190})
        self.assertEqual(read["sides"][0]["cpu_us_per_call"], {"server": 7.0, "client": 8.0})

    def test_the_page_has_both_tables_and_the_machine(self):
        page = results.page(self.measured)
        for text in ("title of ping-mtls-ours", "0.90 met", "a CPU, 2 cores", "- a note", "server 7.0, client 8.0"):
            self.assertIn(text, page)

    def test_columns_of_the_text_line_up(self):
        lines = results.as_text([("a", "1"), ("long", "200")]).splitlines()
        self.assertEqual(lines, ["a       1", "long  200"])

    def test_a_busy_machine_is_told_first(self):
        enrolled = {"items_per_s": 1.0}
        self.assertIn("NOT AN IDLE MACHINE", main.notes(main.MODES["quick"], enrolled, 0.5)[0])
        self.assertNotIn("NOT AN IDLE MACHINE", "".join(main.notes(main.MODES["quick"], enrolled, 0.02)))


class Refusals(unittest.TestCase):
    def check(self, kind, sanitizers):
        with tempfile.TemporaryDirectory() as folder:
            build = Path(folder)
            (build / "CMakeCache.txt").write_text(
                f"CMAKE_BUILD_TYPE:STRING={kind}\nSEKISHO_SANITIZE:STRING={sanitizers}\n", encoding="utf-8")
            main.check_build(build)

    def test_optimised_builds_are_measured(self):
        self.check("RelWithDebInfo", "")
        self.check("Release", "")

    def test_debug_and_sanitizer_builds_are_not(self):
        for kind, sanitizers in (("Debug", ""), ("", ""), ("RelWithDebInfo", "address;undefined")):
            with self.assertRaises(BenchError):
                self.check(kind, sanitizers)

    def test_no_build_is_not_measured(self):
        with tempfile.TemporaryDirectory() as folder, self.assertRaises(BenchError):
            main.check_build(Path(folder))

    def test_a_missing_peer_is_told_by_name(self):
        with tempfile.TemporaryDirectory() as folder, self.assertRaisesRegex(BenchError, "bench-ping-server"):
            main.check_peers(Path(folder))


class Loads(unittest.TestCase):
    def test_a_load_gives_its_json(self):
        self.assertEqual(load(["/bin/echo", '{"a": 1}'], 10), {"a": 1})

    def test_a_load_that_fails_or_hangs_spoils_the_bench(self):
        with self.assertRaises(BenchError):
            load(["/bin/false"], 10)
        with self.assertRaises(BenchError):
            load(["/bin/sleep", "5"], 0.1)


if __name__ == "__main__":
    unittest.main()
