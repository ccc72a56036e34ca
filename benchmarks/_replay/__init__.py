"""Recordings, and a process that replays one."""
