"""The driver of the benchmark: starts the sides, alternates their runs, computes ratios and writes the results."""
