"""What benchmarks/transport.py measures: the same messages over several transports."""
