"""Packages and the modules that they bring."""

from __future__ import annotations

import pytest

from torq_gen.lint.facts.distributions import distribution, is_named, is_standard


@pytest.mark.parametrize(
    ("module", "library"),
    [
        ("yaml", "PyYAML"),
        ("yaml.nodes", "pyyaml"),
        ("yaml", "yaml"),
        ("dateutil.parser", "python_dateutil"),
        ("google.protobuf.message", "protobuf"),
        ("google.cloud.storage", "google-cloud-storage"),
        ("google.cloud", "google-cloud-storage"),
        ("ruamel.yaml", "ruamel.yaml"),
        ("uvicorn", "uvicorn[standard]>=0.30"),
        ("httpx", "HTTPX ; python_version > '3'"),
        ("psycopg2.extras", "psycopg2-binary"),
        ("discord", "discord.py"),
    ],
)
def test_named_by_package_or_module(module: str, library: str) -> None:
    assert is_named(module, ["other", library])


@pytest.mark.parametrize(
    ("module", "library"),
    [
        ("yaml", "ruamel.yaml"),
        ("google.cloud.bigquery", "google-cloud-storage"),
        ("google.cloud", "google-auth"),
        ("httpx", "http"),
        ("httpx", "httpx-sse"),
        ("requests", "requests-oauthlib"),
    ],
)
def test_not_named(module: str, library: str) -> None:
    assert not is_named(module, [library])


def test_the_package_of_a_module() -> None:
    found = [distribution(m) for m in ("yaml", "google.protobuf.message", "httpx.urls")]
    assert found == ["PyYAML", "protobuf", "httpx"]


def test_python_s_own_modules() -> None:
    own = ("json", "os.path", "distutils.core", "__future__", "asyncio.subprocess")
    assert all(map(is_standard, own))
    assert not any(map(is_standard, ("jsonschema", "yaml", "services")))
