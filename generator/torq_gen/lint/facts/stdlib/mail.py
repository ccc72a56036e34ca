"""Mail, news, file transfer and telnet: each client connects to the host that it is made with."""

from __future__ import annotations

from collections.abc import Iterator

from torq_gen.lint.facts.library import Call, Function, Library, Type
from torq_gen.lint.facts.model import Fact
from torq_gen.lint.facts.outside.effects import dialling, each
from torq_gen.lint.facts.text import Text


def _dialled(call: Call) -> Iterator[Fact]:
    """``SMTP()`` alone connects to nothing yet."""
    host = call.argument(0, "host", "hostname")
    if host is not None and host.value != Text():
        yield from dialling(call.path.partition(".")[0])(call)


def _client(path: str) -> Type:
    return Type(path, annotations=(path,), methods={"connect": Function(_dialled)})


_SMTP, _FTP = _client("smtplib.SMTP"), _client("ftplib.FTP")
_AT_ONCE = (
    *("imaplib.IMAP4", "imaplib.IMAP4_SSL", "poplib.POP3", "poplib.POP3_SSL"),
    *("telnetlib.Telnet", "nntplib.NNTP", "nntplib.NNTP_SSL"),
)

LIBRARY = Library(
    "mail",
    ("smtplib", "imaplib", "poplib", "ftplib", "telnetlib", "nntplib"),
    {
        **each(("SMTP", "SMTP_SSL", "LMTP"), Function(_dialled, _SMTP.name), "smtplib."),
        **each(("FTP", "FTP_TLS"), Function(_dialled, _FTP.name), "ftplib."),
        **each(_AT_ONCE, Function(_dialled)),
    },
    (_SMTP, _FTP),
)
