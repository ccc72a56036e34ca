"""Unix sockets, TCP and TLS between the processes of a topology.

The subscribers' process dials the publishers' process, once for what blocks and once for what does
not. What travels is frames, back to back; docs/wire-format.md has the handshake.
"""
