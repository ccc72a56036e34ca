"""What one rule means, as a page for the terminal and for docs/rules."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from torq_gen.report.columns import columns

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torq_gen.diagnostics import Span
    from torq_gen.rule import Rule, Sample

_LANGUAGES = {".py": "python", ".yaml": "yaml", ".json": "json", ".toml": "toml"}
_HEAD = """\
# Rules

Every finding of `torq-gen check`, and of `torq-gen breaking` (TQ7xx), by code; codes are stable and
never reused. `torq-gen rule CODE` shows the same, with the first samples. The pages are made from
the rules by `scripts/rule_pages.py`, and their samples are checked by tests. Carets stand below the
place of a finding; `v1:` stands before the path of a file as it was in an older version.

A finding in code or in a spec file is silenced, with a reason, by a comment at its statement or
alone above it: `# torq: ignore[TQ501] shown to people only`. Errors of the spec (TQ1xx) and of
suppressions (TQ9xx) cannot be silenced, nor can code that was not checked (TQ610, TQ613); breaking
changes are approved in `torq-breaking.yaml`.
"""
SHOWN = 5
"""Samples of each kind that a terminal shows; some rules have dozens, for their tests."""
_BOLD, _RED, _RESET = "\x1b[1m", "\x1b[1;31m", "\x1b[0m"


def as_text(rule: Rule, *, color: bool = False) -> str:
    """The page for the terminal, with the first samples."""

    def bold(text: str) -> str:
        return f"{_BOLD}{text}{_RESET}" if color else text

    parts = [f"{bold(f'{rule.code} {rule.name}')} ({rule.severity.value}, {rule.family})"]
    parts.append(rule.summary)
    parts += [f"{bold(title)}\n{_wrapped(text)}" for title, text in _prose(rule) if text]
    for title, samples in (("Not so:", rule.bad), ("But so:", rule.good)):
        for sample in samples[:SHOWN]:
            head = f"{bold(title)} {sample.title}".rstrip()
            shown = [
                f"  {bold(path)}\n{_indented(_annotated(text, spans, color=color))}"
                for path, text, spans in _files(sample)
            ]
            parts.append("\n".join([head, *shown, *_others(sample)]))
        parts += _more(rule, samples)
    return "\n\n".join(parts) + "\n"


def as_markdown(rule: Rule) -> str:
    """The page for docs/rules."""
    parts = [f"# {rule.code} {rule.name}", f"*{rule.severity.value}, {rule.family}*", rule.summary]
    return "\n\n".join([*parts, *_markdown_body(rule)]) + "\n"


def as_json(rule: Rule) -> dict[str, Any]:
    """The page as a value for programs."""
    return {
        "code": rule.code,
        "name": rule.name,
        "family": rule.family,
        "severity": rule.severity.value,
        "summary": rule.summary,
        "why": rule.why,
        "fix": rule.fix,
        "bad": [_sample(s) for s in rule.bad],
        "good": [_sample(s) for s in rule.good],
    }


def help_markdown(rule: Rule) -> str:
    """What SARIF viewers show beside a finding, with the first samples."""
    return "\n\n".join([rule.summary, *_markdown_body(rule, SHOWN)])


def help_text(rule: Rule) -> str:
    """The same without samples, for viewers that know no Markdown."""
    return "\n\n".join([rule.summary, *(text for _, text in _prose(rule) if text)])


def folder(rules: Iterable[Rule]) -> dict[str, str]:
    """The files of docs/rules by name: a table of all rules, and a page for each."""
    every = tuple(rules)
    return {"README.md": f"{_HEAD}\n{_table(every)}"} | {
        f"{rule.code}.md": as_markdown(rule) for rule in every
    }


def _table(rules: Iterable[Rule]) -> str:
    lines = ["| code | rule | severity | what it finds |", "|---|---|---|---|"]
    family = ""
    for rule in rules:
        if rule.family != family:
            family = rule.family
            lines.append(f"| **{rule.code[:3]}xx** | **{family}** | | |")
        link = f"[{rule.name}]({rule.code}.md)"
        lines.append(f"| {rule.code} | {link} | {rule.severity.value} | {rule.summary} |")
    return "\n".join(lines) + "\n"


def _prose(rule: Rule) -> tuple[tuple[str, str], ...]:
    return (("Why", rule.why), ("How to mend it", rule.fix))


def _markdown_body(rule: Rule, most: int | None = None) -> list[str]:
    parts = [f"## {title}\n\n{text}" for title, text in _prose(rule) if text]
    for title, samples in (("Not so", rule.bad), ("But so", rule.good)):
        if samples:
            parts.append(f"## {title}")
        for sample in samples[:most]:
            parts += [f"**{sample.title}**"] if sample.title else []
            parts += [_fenced(*file) for file in _files(sample)]
            parts += [line.strip() for line in _others(sample)]
        parts += _more(rule, samples) if most else []
    return parts


def _more(rule: Rule, samples: tuple[Sample, ...]) -> list[str]:
    """Where those samples are that are not shown."""
    left = len(samples) - SHOWN
    return [f"{left} more: `torq-gen rule {rule.code} --format markdown`"] if left > 0 else []


def _fenced(path: str, text: str, spans: list[Span]) -> str:
    language = "text" if spans else _LANGUAGES.get(PurePosixPath(path).suffix, "text")
    return f"`{path}`\n\n```{language}\n{_annotated(text, spans)}\n```"


def _sample(sample: Sample) -> dict[str, Any]:
    spans = [
        {
            "file": s.file,
            "line": s.line,
            "column": s.column,
            "end_line": s.end_line,
            "end_column": s.end_column,
        }
        for s in sample.spans
    ]
    return {"title": sample.title, "files": dict(sample.project), "findings": spans}


def _files(sample: Sample) -> list[tuple[str, str, list[Span]]]:
    """The sample's files that are there: path, text, and the spans expected in it."""
    spans = sample.spans
    return [
        (path, text, [s for s in spans if s.file == path and path not in sample.elsewhere])
        for path, text in sample.project.items()
        if text
    ]


def _others(sample: Sample) -> list[str]:
    """A line for each file that is empty or gone, and each that is found at fault as a whole."""
    states = {None: "is not there", "": "is empty"}
    notes = [f"`{p}` {states[t]}" for p, t in sample.project.items() if not t]
    return [f"  {note}" for note in (*notes, *(f"found in `{p}`" for p in sample.elsewhere))]


def _annotated(text: str, spans: list[Span], *, color: bool = False) -> str:
    """The text with carets below each span."""
    out = []
    for number, line in enumerate(text.rstrip("\n").split("\n"), start=1):
        below = [_carets(s, number, line) for s in spans if s.line <= number <= s.end_line]
        out += [_visible(line), *(_red(carets) if color else carets for carets in below if carets)]
    return "\n".join(out)


def _red(carets: str) -> str:
    return carets.replace("^", f"{_RED}^", 1) + _RESET


def _carets(span: Span, number: int, line: str) -> str:
    start = span.column - 1 if number == span.line else len(line) - len(line.lstrip())
    stop = span.end_column - 1 if number == span.end_line else len(line)
    size = columns(line[start:stop])
    if number != span.line and not size:
        return ""
    return " " * columns(line[:start]) + "^" * max(size, 1)


def _visible(line: str) -> str:
    """The line with a sign for what is no text, tabs as an arrow."""
    shown = line.replace("\t", "→")
    return "".join(c if c.isprintable() else "\ufffd" for c in shown)


def _wrapped(text: str) -> str:
    from textwrap import wrap

    paragraphs = text.split("\n\n")
    return "\n\n".join("\n".join(wrap(" ".join(p.split()), 88)) for p in paragraphs)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.split("\n"))
