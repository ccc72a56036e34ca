"""Files of settings in YAML, and in TOML before Python could read it."""

from __future__ import annotations

from torq_gen.lint.facts import settings
from torq_gen.lint.facts.library import Call, Function, Library, Type
from torq_gen.lint.facts.outside.effects import each
from torq_gen.lint.facts.outside.paths import READ, WRITE, touching
from torq_gen.lint.facts.stdlib.setting_files import TYPE, of_open_file
from torq_gen.lint.facts.unions import join
from torq_gen.lint.facts.values import DATA, External, Value

_RUAMEL = "settings.Yaml"
_HARMLESS = ("SafeLoader", "FullLoader", "BaseLoader")


def _by_loader(call: Call) -> Value:
    """``yaml.load``: its loader says whether it makes objects of any class."""
    loader = call.argument(1, "Loader")
    path = loader.value.path if loader is not None and isinstance(loader.value, External) else ""
    return of_open_file(call) if path.endswith(_HARMLESS) else External("yaml.load()")


def _same(call: Call) -> Value:
    """What is made of one configuration, or of several, is a configuration."""
    return join(one.value for one in call.positional) if call.positional else DATA


def _selected(call: Call) -> Value:
    """``OmegaConf.select(configuration, "kafka.topic")``."""
    key = call.argument(1, "key")
    return settings.of(DATA if key is None else key.value, call.argument(None, "default"))


_AT_PATH = Function(
    touching(READ, 0, "file_", "f", "stream"), lambda call: settings.read(call.span)
)

_READER = Type(_RUAMEL, methods={"load": _AT_PATH, "dump": Function(touching(WRITE, 1, "stream"))})

LIBRARY = Library(
    "setting files",
    ("yaml", "ruamel", "tomli", "toml", "omegaconf"),
    {
        "yaml.load": Function(returns=_by_loader),
        "yaml.full_load": Function(returns=of_open_file),
        "tomli.load": Function(returns=of_open_file),
        "toml.load": _AT_PATH,
        "omegaconf.OmegaConf.load": _AT_PATH,
        **each(
            ("create", "merge", "to_container"), Function(returns=_same), "omegaconf.OmegaConf."
        ),
        "omegaconf.OmegaConf.select": Function(returns=_selected),
        "omegaconf.OmegaConf.update": Function(),
        "omegaconf.OmegaConf.save": Function(touching(WRITE, 1, "f")),
        "ruamel.yaml.YAML": Function(returns=_RUAMEL),
    },
    (TYPE, _READER),
)
