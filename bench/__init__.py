"""Benchmarks and the players that feed them; not part of the server."""
