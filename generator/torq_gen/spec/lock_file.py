"""The name of the lock, apart from what reads it: naming it must cost no import."""

from __future__ import annotations

LOCK_FILE = "torq.lock.yaml"
