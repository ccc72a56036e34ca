"""A graph as Mermaid, DOT and JSON text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from torq_gen.graph.elements import Hit, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torq_gen.graph.elements import Graph, Node

_MERMAID_SHAPES = {
    Kind.SERVICE: ('["', '"]'),
    Kind.MESSAGE: ('(["', '"])'),
    Kind.STORE: ('[("', '")]'),
    Kind.EXTERNAL: ('[/"', '"/]'),
}
_DOT_SHAPES = {
    Kind.SERVICE: "box",
    Kind.MESSAGE: "ellipse",
    Kind.STORE: "cylinder",
    Kind.EXTERNAL: "parallelogram",
}
# Fill and line of each kind, and of what a change hits; readable on light and on dark ground.
_FILLS = {
    "service": ("#dbeafe", "#1d4ed8"),
    "message": ("#fef9c3", "#a16207"),
    "store": ("#e5e7eb", "#374151"),
    "external": ("#f3e8ff", "#7e22ce"),
    "changed": ("#fecaca", "#b91c1c"),
    "direct": ("#fed7aa", "#c2410c"),
    "downstream": ("#f3f4f6", "#6b7280"),
}


def mermaid(graph: Graph) -> str:
    """A flowchart as GitHub, GitLab and many editors draw it."""
    lines = ["flowchart LR"]
    used = []
    for node in graph.nodes:
        opening, closing = _MERMAID_SHAPES[node.kind]
        label = _label(node, "<br/>", _mermaid_text)
        used.append(_style(node))
        lines.append(f"  {_id(node.id)}{opening}{label}{closing}:::{_style(node)}")
    for edge in graph.edges:
        arrow = "-.->" if edge.weak else "-->"
        text = edge.note or (edge.does if edge.does not in ("publishes", "subscribes") else "")
        label = f"|{_mermaid_text(text)}|" if text else ""
        lines.append(f"  {_id(edge.source)} {arrow}{label} {_id(edge.target)}")
    for name in dict.fromkeys(used):
        fill, line = _FILLS[name.removesuffix("_planned")]
        dashed = ",stroke-dasharray:4" if name.endswith("_planned") else ""
        lines.append(f"  classDef {name} fill:{fill},stroke:{line},color:#111827{dashed}")
    return _text(lines)


def dot(graph: Graph) -> str:
    """A digraph for Graphviz."""
    return _text([f"digraph {_quoted(graph.name)} {{", *_dot_lines(graph), "}"])


def as_json(graph: Graph) -> str:
    """The graph for other programs."""
    import json

    nodes = [
        {
            "id": node.id,
            "kind": node.kind.value,
            "name": node.name,
            "group": node.group,
            "note": node.note,
            "planned": node.planned,
            "hit": node.hit.value or None,
        }
        for node in graph.nodes
    ]
    edges = [
        {"source": e.source, "target": e.target, "does": e.does, "note": e.note, "weak": e.weak}
        for e in graph.edges
    ]
    return json.dumps({"name": graph.name, "nodes": nodes, "edges": edges}, indent=1) + "\n"


def _dot_lines(graph: Graph) -> Iterator[str]:
    font = 'fontname="Helvetica,Arial,sans-serif"'
    yield f"  graph [rankdir=LR, {font}]"
    yield f"  node [style=filled, fontsize=11, {font}]"
    yield f'  edge [color="#6b7280", fontsize=9, {font}]'
    for node in graph.nodes:
        style = _style(node)
        fill, line = _FILLS[style.removesuffix("_planned")]
        drawn = "filled,dashed" if node.planned else "filled"
        yield (
            f"  {_quoted(node.id)} [label={_quoted(_label(node, chr(10), str))}, "
            f'shape={_DOT_SHAPES[node.kind]}, style="{drawn}", fillcolor="{fill}", '
            f'color="{line}"]'
        )
    for edge in graph.edges:
        dashed = ", style=dashed" if edge.weak else ""
        text = edge.note or (edge.does if edge.does not in ("publishes", "subscribes") else "")
        yield (
            f"  {_quoted(edge.source)} -> {_quoted(edge.target)} [label={_quoted(text)}{dashed}]"
        )


def _label(node: Node, newline: str, escape: Callable[[str], str]) -> str:
    return newline.join(escape(line) for line in (node.name, node.note) if line)


def _style(node: Node) -> str:
    """The class of a node: what hits it, or what it is."""
    if node.hit is not Hit.NONE:
        return str(node.hit.value)
    return f"{node.kind.value}_planned" if node.planned else node.kind.value


def _id(name: str) -> str:
    """A name that Mermaid takes; two names never become one."""
    return re.sub(r"\W", lambda found: f"_{ord(found[0]):x}_", name, flags=re.ASCII)


def _mermaid_text(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "#quot;").replace("<", "&lt;")


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _text(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
