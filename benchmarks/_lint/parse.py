"""Run as a script: parses every Python file below the folder that is given, in one process."""

import ast
import os
import sys

if __name__ == "__main__":
    for at, _, names in os.walk(sys.argv[1]):
        for name in names:
            if name.endswith(".py"):
                with open(os.path.join(at, name), "rb") as file:  # noqa: PTH118, PTH123 - as fast
                    ast.parse(file.read())
