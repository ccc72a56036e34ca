"""Monitors: whether services keep their promises, told from the frames that pass by.

A monitor is given every message that its promise speaks of, in the order in which it is seen. It
remembers a limited number of keys; what it has forgotten it calls unknown, never a breach.
"""
