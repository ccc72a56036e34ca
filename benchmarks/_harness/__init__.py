"""What the benchmarks have in common: fair rounds, whole processes, tables, peers."""
