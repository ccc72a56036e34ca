"""Subjects: where on NATS what is said.

A token keeps letters, digits, ``-`` and, not at its start, ``_``; every other byte is written as
``%`` and two hex digits, so that no two names share a token. What a process says to others stands
under tokens that begin with ``_``, which no topic does.

=============================================  ===================================================
``<system>.<topic>.<message>.<service>``       a message that the service publishes
``<system>._last.<process>.<service>``         a last value that the process has asked for
``<system>._all.<process>``                    what the process says to all others
``<system>._one.<to>.<process>``               what the process says to one other
``<system>._give.<service>``                   what JetStream gives to the service
=============================================  ===================================================
"""

from __future__ import annotations

import re
from typing import Final

from mycelium.protocol.message import Message

_ODD: Final = re.compile(rb"[^A-Za-z0-9_-]|^_")


def token(name: str) -> str:
    """A name as one token of a subject."""
    return _ODD.sub(lambda m: b"%%%02X" % ord(m[0]), name.encode()).decode("ascii") or "%"


class Subjects:
    """The subjects of one system."""

    __slots__ = ("_system",)

    def __init__(self, system: str) -> None:
        self._system = token(system)

    def message(self, message: type[Message], service: str) -> str:
        """Where a service publishes a message; ``*`` is every service."""
        topic = token(message.TOPIC or "messages")
        who = service if service == "*" else token(service)
        return f"{self._system}.{topic}.{token(message.__name__)}.{who}"

    def last(self, process: str, service: str) -> str:
        """Where a process gets last values of a service; ``*`` is every service."""
        who = service if service == "*" else token(service)
        return f"{self._system}._last.{token(process)}.{who}"

    def all(self, process: str) -> str:
        """Where a process speaks to all; ``*`` is every process."""
        return f"{self._system}._all.{process if process == '*' else token(process)}"

    def one(self, to: str, process: str) -> str:
        """Where a process speaks to one other; ``*`` is every process."""
        who = process if process == "*" else token(process)
        return f"{self._system}._one.{token(to)}.{who}"

    def give(self, service: str) -> str:
        """Where JetStream gives a service its messages."""
        return f"{self._system}._give.{token(service)}"


def last_token(subject: str) -> str:
    """Who speaks, by the subject: the server sees to it that nobody else can."""
    return subject.rpartition(".")[2]
