"""Whether a process lives, whether it is ready, and what it has counted: for probes and Prometheus.

Answers come from a thread of their own, so that a process whose event loop is stuck still says so.
Nothing here is read while messages are handled, but for the handlers' latency, which is measured
only where a process has a health address.
"""
