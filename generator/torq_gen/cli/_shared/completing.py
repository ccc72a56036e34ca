"""Completion scripts, made from the commands' own parsers."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from torq_gen.cli._shared.parser import command_parser

GLOBAL = (("-C", "--root"), ("-V", "--version"), ("-h", "--help"))
_FOLDERS = ("DIR",)
_BASH = """\
# bash completion for torq-gen
_torq_gen() {
    local word previous command options values i
    word="${COMP_WORDS[COMP_CWORD]}"
    previous="${COMP_WORDS[COMP_CWORD - 1]}"
    command="" options="<flags>" values=""
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        case "${COMP_WORDS[i]}" in
            -C | --root) i=$((i + 1)) ;;
            -*) ;;
            *) command="${COMP_WORDS[i]}"; break ;;
        esac
    done
    case "$command" in
        "") values="<names>" ;;
<cases>
    esac
    case "$command $previous" in
<values>
        *" -C" | *" --root") COMPREPLY=($(compgen -d -- "$word")); return ;;
    esac
    if [[ "$word" == -* ]]; then
        COMPREPLY=($(compgen -W "$options" -- "$word"))
    elif [[ -n "$values" ]]; then
        COMPREPLY=($(compgen -W "$values" -- "$word"))
    else
        COMPREPLY=($(compgen -f -- "$word"))
    fi
}
complete -o filenames -F _torq_gen torq-gen
"""
_ZSH = """\
#compdef torq-gen
_torq_gen() {
    local -a commands
    commands=(
<names>
    )
    local context state line
    typeset -A opt_args
    _arguments -C \\
        '(-C --root)'{-C,--root}'[the project]:folder:_files -/' \\
        '(- *)'{-V,--version}'[show the version]' \\
        '(- *)'{-h,--help}'[show help]' \\
        '1:command:->command' \\
        '*::argument:->argument'
    case $state in
        command) _describe command commands ;;
        argument)
            case $line[1] in
<cases>
            esac ;;
    esac
}
if [[ $funcstack[1] == _torq_gen ]]; then _torq_gen "$@"; else compdef _torq_gen torq-gen; fi
"""


class Option(NamedTuple):
    """An option: its spellings, what it does, its values if they are fixed, whether it has any."""

    flags: tuple[str, ...]
    help: str
    choices: tuple[str, ...]
    takes: str


class Described(NamedTuple):
    """A command with its options and what its positional argument may be."""

    name: str
    help: str
    options: tuple[Option, ...]
    choices: tuple[str, ...]


def describe(
    name: str, help: str, configure: Callable[[argparse.ArgumentParser], None]
) -> Described:
    """What there is to complete of a command, whose arguments ``configure`` adds."""
    parser = command_parser(name, "", "")
    configure(parser)
    options, choices = [], tuple[str, ...]()
    for action in _actions(parser):
        fixed = tuple(map(str, action.choices)) if action.choices is not None else ()
        if not action.option_strings:
            choices += fixed
            continue
        takes = "" if action.nargs == 0 else str(action.metavar or action.dest)
        text = "" if action.help in (None, argparse.SUPPRESS) else str(action.help)
        options.append(Option(tuple(action.option_strings), text % {}, fixed, takes))
    return Described(name, help, tuple(options), choices)


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """The arguments of a command, and the options of all its kinds, each once."""
    yield from parser._actions
    known = {flag for action in parser._actions for flag in action.option_strings}
    for action in parser._actions:
        if not isinstance(action, argparse._SubParsersAction):
            continue
        for option in (o for kind in action.choices.values() for o in kind._actions):
            if known.isdisjoint(option.option_strings) and option.option_strings:
                known.update(option.option_strings)
                yield option


def bash(commands: Sequence[Described]) -> str:
    """The script for bash 3.2 and later."""
    return _filled(
        _BASH,
        flags=" ".join(flag for pair in GLOBAL for flag in pair),
        names=" ".join(command.name for command in commands),
        cases="\n".join(_bash_case(command) for command in commands),
        values="\n".join(_bash_values(commands)),
    )


def _bash_case(command: Described) -> str:
    flags = " ".join(flag for option in command.options for flag in option.flags)
    values = f' values="{" ".join(command.choices)}"' if command.choices else ""
    return f'        {command.name}) options="{flags}"{values} ;;'


def _bash_values(commands: Sequence[Described]) -> Iterator[str]:
    for command, option in ((c, o) for c in commands for o in c.options):
        if option.choices:
            reply = f'compgen -W "{" ".join(option.choices)}" -- "$word"'
        elif option.takes in _FOLDERS:
            reply = 'compgen -d -- "$word"'
        elif option.takes:
            reply = 'compgen -f -- "$word"'
        else:
            continue
        names = " | ".join(f'"{command.name} {flag}"' for flag in option.flags)
        yield f"        {names}) COMPREPLY=($({reply})); return ;;"


def zsh(commands: Sequence[Described]) -> str:
    """The script for zsh; it needs ``compinit``."""
    return _filled(
        _ZSH,
        names="\n".join(f"        {_quoted(f'{c.name}:{c.help}')}" for c in commands),
        cases="\n".join(_zsh_case(command) for command in commands),
    )


def _zsh_case(command: Described) -> str:
    lines = list(_zsh_options(command.options))
    values = f"({' '.join(command.choices)})" if command.choices else "_files"
    lines.append(f"'*:argument:{values}'")
    joined = " \\\n                    ".join(lines)
    return f"                {command.name}) _arguments \\\n                    {joined} ;;"


def _zsh_options(options: Iterable[Option]) -> Iterator[str]:
    for option in options:
        text = re.sub(r"[\[\]:']", " ", option.help)
        values = f"({' '.join(option.choices)})" if option.choices else "_files"
        values = "_files -/" if option.takes in _FOLDERS else values
        tail = f":{option.takes.lower()}:{values}" if option.takes else ""
        for flag in option.flags:
            yield f"'*{flag}[{text}]{tail}'"


def fish(commands: Sequence[Described]) -> str:
    """The script for fish."""
    names = " ".join(command.name for command in commands)
    lines = [
        "# fish completion for torq-gen",
        f"set -l commands {names}",
        "complete -c torq-gen -n '__fish_use_subcommand' -f",
        "complete -c torq-gen -s C -l root -r -a '(__fish_complete_directories)'",
        "complete -c torq-gen -n '__fish_use_subcommand' -s V -l version -d 'show the version'",
        "complete -c torq-gen -s h -l help -d 'show help'",
    ]
    for command in commands:
        lines.append(
            f"complete -c torq-gen -n '__fish_use_subcommand' -f -a {command.name} "
            f"-d {_quoted(command.help)}"
        )
        here = f"complete -c torq-gen -n '__fish_seen_subcommand_from {command.name}'"
        if command.choices:
            lines.append(f"{here} -f -a '{' '.join(command.choices)}'")
        lines += [f"{here} {_fish_option(o)}" for o in command.options if "-h" not in o.flags]
    return "\n".join(lines) + "\n"


def _fish_option(option: Option) -> str:
    parts = [f"-l {f[2:]}" if f.startswith("--") else f"-s {f[1:]}" for f in option.flags]
    if option.choices:
        parts.append(f"-x -a '{' '.join(option.choices)}'")
    elif option.takes in _FOLDERS:
        parts.append("-x -a '(__fish_complete_directories)'")
    elif option.takes:
        parts.append("-r")
    return f"{' '.join(parts)} -d {_quoted(option.help)}"


def _filled(script: str, **parts: str) -> str:
    """A script with its parts in their places; braces are the shell's own."""
    for name, text in parts.items():
        script = script.replace(f"<{name}>", text)
    return script


def _quoted(text: str) -> str:
    """One word of a shell: an apostrophe cannot stand in it."""
    return "'" + " ".join(text.split()).replace("'", "`") + "'"
