"""The real OpenCode for all tests of a module: import the fixtures from here, and each test asks the same machine."""

from collections.abc import Iterator

import pytest

from tests.conftest import fresh
from tests.opencode.provider import Provider, running
from tests.opencode.real import Opencode, installed

__all__ = ["opencode", "provider"]


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with running() as found:
        yield found


@pytest.fixture(scope="module")
def opencode(tmp_path_factory: pytest.TempPathFactory, provider: Provider) -> Iterator[Opencode]:
    with pytest.MonkeyPatch.context() as patch:
        for machine in fresh(tmp_path_factory.mktemp("shared"), patch):
            yield from installed(machine, provider, patch)
