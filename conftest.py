"""Loads the pytest plugin of this tree, where it is not installed."""

from __future__ import annotations

import pytest


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    """Registers the plugin by the name of its entry point, unless that has done so."""
    if not pluginmanager.hasplugin("mycelium"):
        from mycelium.testing import plugin

        pluginmanager.register(plugin, "mycelium")
