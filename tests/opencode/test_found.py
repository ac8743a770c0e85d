import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ocprov.errors import ConflictError
from ocprov.opencode import process, record
from ocprov.opencode.life import found
from ocprov.opencode.record import Record
from tests.conftest import Machine, until
from tests.opencode.real import Opencode


@contextmanager
def called(*arguments: str, directory: Path, **variables: str) -> Iterator[int]:
    """A process with those arguments, the first being how it is called; it does nothing for as long as the block runs.

    It is a shell: what it takes for its script has the name of the second one.
    """
    for script in arguments[1:2]:
        (directory / script).parent.mkdir(exist_ok=True)
        (directory / script).write_text("read -r it")
    with subprocess.Popen(
        arguments,
        executable="/bin/sh",
        cwd=directory,
        env={**os.environ, **variables},
        stdin=subprocess.PIPE,
    ) as one:
        yield one.pid
        one.kill()


def pids(directory: Path) -> list[int]:
    told = found.by_hand(directory)
    assert told is not None
    return [one.pid for one in told]


@pytest.mark.parametrize(
    ("arguments", "counts"),
    [
        pytest.param(["opencode"], True, id="its-interface"),
        pytest.param(["opencode", "project"], True, id="its-interface-on-a-directory"),
        pytest.param(["/usr/lib/opencode.exe", "serve", "--port", "4096"], True, id="a-server"),
        pytest.param(["node", "bin/opencode", "serve"], True, id="through-node"),
        pytest.param(["/bin/sh", "bin/opencode"], True, id="through-a-script"),
        pytest.param(["opencode", "run", "hello"], True, id="a-prompt"),
        pytest.param(["opencode", "attach", "http://127.0.0.1:4096"], False, id="attached"),
        pytest.param(["opencode", "run", "--attach", "http://127.0.0.1:4096", "hello"], False, id="prompt-elsewhere"),
        pytest.param(["opencode", "session", "list"], False, id="a-question"),
        pytest.param(["vim", "opencode"], False, id="another-program"),
        pytest.param(["opencode-monitor"], False, id="another-name"),
    ],
)  # fmt: skip
def test_what_counts_as_an_opencode_that_was_started_by_hand(
    arguments: list[str], counts: bool, machine: Machine, tmp_path: Path
) -> None:
    with called(*arguments, directory=tmp_path) as pid:
        until(lambda: found.command(pid).startswith(arguments[0]))

        assert (pid in pids(tmp_path)) == counts


def test_only_those_of_the_very_directory_count(machine: Machine, tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    with called("opencode", directory=inside) as pid:
        assert until(lambda: pids(inside)) == [pid]
        assert pids(tmp_path) == []


def test_a_server_of_ocprovs_is_not_started_by_hand(machine: Machine, tmp_path: Path) -> None:
    known = Record(str(tmp_path))
    known.places.make()
    arguments = ["opencode", "serve", "--port", "20001", "--print-logs"]
    with called(*arguments, directory=tmp_path) as pid:
        until(lambda: pids(tmp_path))
        record.write(Record(str(tmp_path), server=process.of(pid)))

        assert pids(tmp_path) == []


def test_a_server_of_ocprovs_without_a_record_is_known_by_its_directory_for_temporary_files(
    machine: Machine, tmp_path: Path
) -> None:
    place = Record(str(tmp_path)).places.make()
    arguments = ["opencode", "serve", "--port", "20001", "--print-logs"]
    with called(*arguments, directory=tmp_path, TMPDIR=str(place.tmp)) as pid:
        assert until(lambda: found.ours(place)) == (process.of(pid), 20001)
        assert pids(tmp_path) == []
        assert found.ours(Record("/elsewhere").places) is None


def test_what_an_agent_starts_is_not_its_server(machine: Machine, tmp_path: Path) -> None:
    place = Record(str(tmp_path)).places.make()
    with called("opencode", "run", "--print-logs", directory=tmp_path, TMPDIR=str(place.tmp)) as pid:
        until(lambda: pids(tmp_path))

        assert found.ours(place) is None
        assert pids(tmp_path) == [pid]


def test_unknown_is_not_none(machine: Machine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(found, "_PROC", tmp_path / "none")
    monkeypatch.setenv("PATH", str(tmp_path))

    assert found.by_hand(tmp_path) is None


def test_a_real_one_is_refused_by_its_process_and_nothing_is_started(opencode: Opencode) -> None:
    directory = opencode.directory()
    with subprocess.Popen(
        ["opencode", "serve", "--port", "0"],
        cwd=directory,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as hand:
        try:
            until(lambda: pids(directory))
            refused = {
                name: opencode.ocprov("server", name, "--dir", str(directory)) for name in ("ensure", "run")
            }
        finally:
            hand.kill()

    for done in refused.values():
        assert done.returncode == ConflictError.exit_code
        assert f"process {hand.pid} (opencode serve --port 0)" in done.stderr
        assert len(done.stderr.splitlines()) == 2
    assert record.every() == ()
    assert sys.platform != "linux" or found.ours(Record(str(directory)).places) is None
