"""Run as a script: starts the command of its arguments, waits, and prints what it took.

A process of its own, because Linux counts the memory of the process that starts a command into the
command's peak, and this one takes little. What others still have to write is written first.
"""

import os
import sys
import time

if __name__ == "__main__":
    os.sync()
    quiet = os.open(os.devnull, os.O_RDWR)
    actions = [(os.POSIX_SPAWN_DUP2, quiet, stream) for stream in (0, 1, 2)]
    start = time.perf_counter()
    process = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=actions)
    _, status, usage = os.wait4(process, 0)
    wall = time.perf_counter() - start
    print(os.waitstatus_to_exitcode(status), wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)
