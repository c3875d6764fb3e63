"""Medians, ratios within a round, the order of rounds."""

import unittest

from driver import figures


class Median(unittest.TestCase):
    def test_odd_and_even_counts(self):
        self.assertEqual(figures.median([5, 1, 9]), 5)
        self.assertEqual(figures.median([4, 1, 9, 2]), 3)
        self.assertEqual(figures.median([7]), 7)

    def test_nothing_has_no_median(self):
        with self.assertRaises(ValueError):
            figures.median([])

    def test_spread_keeps_the_range(self):
        self.assertEqual(figures.spread([3, 1, 2]), figures.Spread(2, 1, 3))


class RatioWithinARound(unittest.TestCase):
    def test_drift_that_hits_both_sides_cancels(self):
        # The machine halves its speed in round 2: the ratio of medians would be 1.0, each round says 0.5.
        self.assertEqual(figures.per_round_ratio([50, 25, 100], [100, 50, 200]), figures.Spread(0.5, 0.5, 0.5))

    def test_the_median_is_of_the_ratios(self):
        value = figures.per_round_ratio([10, 20, 90], [10, 40, 100])
        self.assertEqual((value.median, value.low, value.high), (0.9, 0.5, 1.0))

    def test_sides_of_different_rounds_are_refused(self):
        with self.assertRaises(ValueError):
            figures.per_round_ratio([1, 2], [1, 2, 3])

    def test_a_rate_of_zero_is_refused(self):
        with self.assertRaises(ValueError):
            figures.per_round_ratio([1, 1], [1, 0])
        with self.assertRaises(ValueError):
            figures.per_round_ratio([1, 1], [1, float("nan")])


class BestSide(unittest.TestCase):
    def test_one_lucky_round_does_not_make_the_best(self):
        self.assertEqual(figures.best({"steady": [10, 10, 10], "lucky": [5, 99, 5]}), "steady")


class RoundOrder(unittest.TestCase):
    SIDES = ["a", "b", "c"]

    def test_each_round_has_every_side_once(self):
        for number in range(10):
            self.assertEqual(sorted(figures.round_order(self.SIDES, number)), self.SIDES)

    def test_rounds_alternate_in_direction_and_rotate(self):
        self.assertEqual(figures.round_order(self.SIDES, 0), ["a", "b", "c"])
        self.assertEqual(figures.round_order(self.SIDES, 1), ["c", "b", "a"])
        self.assertEqual(figures.round_order(self.SIDES, 2), ["b", "c", "a"])
        self.assertEqual(figures.round_order([], 3), [])


if __name__ == "__main__":
    unittest.main()
