"""Loads the pytest plugin of this tree, where it is not installed; no test is timed."""

from __future__ import annotations

import signal

import pytest
from hypothesis import settings

settings.register_profile("tree", deadline=None)  # how long an example takes, says the machine
settings.load_profile("tree")


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    """Registers the plugin by the name of its entry point, unless that has done so."""
    if not pluginmanager.hasplugin("mycelium"):
        from mycelium.testing import plugin

        pluginmanager.register(plugin, "mycelium")


def pytest_sessionstart() -> None:
    """Takes a hangup as ever: below ``nohup`` it is ignored, by what tests start as well."""
    hangup = getattr(signal, "SIGHUP", None)
    if hangup is not None:
        signal.signal(hangup, signal.SIG_DFL)
