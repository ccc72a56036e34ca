"""The user that a process runs as, which its Unix sockets prove to others."""

from __future__ import annotations

import os

from torq_gen.cli._shared.failures import CommandError


def become(uid: int | None, process: str) -> None:
    """Become the user that the topology says for the process; root can, others have to be it.

    Raises:
        CommandError: this process cannot become that user.
    """
    if uid is None or uid == os.geteuid():
        return
    if os.geteuid() != 0:
        raise CommandError(
            f"{process}: expected to run as the user {uid}, found {os.geteuid()}",
            "start it as that user, or as root, which becomes it",
        )
    import pwd

    try:
        user = pwd.getpwuid(uid)
    except KeyError:
        raise CommandError(
            f"{process}: expected a user with the number {uid}, found none"
        ) from None
    os.initgroups(user.pw_name, user.pw_gid)
    os.setgid(user.pw_gid)
    os.setuid(uid)
