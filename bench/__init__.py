"""Benchmarks: each is a command, and each prints our figure, a peer's, and the ratio of one run."""
