"""Inventories as pyinfra reads them."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from ocprov.errors import OcprovError
from ocprov.fleet import inventory

# Files below a directory, `inventory.py` among them.
INVENTORIES: dict[str, dict[str, str]] = {
    "names": {"inventory.py": 'boxes = ["one", "two"]\n'},
    "names with data": {"inventory.py": 'boxes = [("one", {"ssh_port": 22}), "two"]\n'},
    "a group with data": {"inventory.py": 'boxes = (["one", "two"], {"ssh_user": "me"})\n'},
    "several groups": {
        "inventory.py": 'a = (["one", "two"], {"ssh_user": "a", "ssh_port": 1})\nb = (["two"], {"ssh_user": "b"})\n'
    },
    "data of a host in two groups": {
        "inventory.py": 'a = [("one", {"ssh_port": 1, "ssh_user": "a"})]\nb = [("one", {"ssh_port": 2})]\n'
    },
    "a host's own data before its group's": {
        "inventory.py": 'a = ([("one", {"ssh_user": "own"})], {"ssh_user": "a", "ssh_key": "k"})\n'
    },
    "all": {"inventory.py": 'all = ["one"]\nother = ["two"]\n'},
    "all with data": {
        "inventory.py": 'all = ([("one", {"ssh_port": 3}), "two"], {"ssh_user": "all", "ssh_port": 4})\n'
        'b = (["two"], {"ssh_user": "b"})\n'
    },
    "data of groups": {
        "inventory.py": 'boxes = ["one", "two"]\ncloud = (["two"], {"ssh_port": 5})\n',
        "group_data/all.py": 'ssh_user = "all"\nssh_key = "k"\n',
        "group_data/boxes.py": 'ssh_user = "boxes"\n',
        "group_data/cloud.py": "ssh_port = 6\n",
        "group_data/inventory.py": 'ssh_known_hosts_file = "known"\n',
        "group_data/nobody.py": 'ssh_user = "nobody"\n',
    },
    "what is imported is no data": {
        "inventory.py": 'from os import path\nimport os.path\n_not = ["three"]\nboxes = [path.join("one")]\n',
        "group_data/all.py": 'from os.path import sep as ssh_key\nssh_user = "me"\n',
    },
    "what __all__ exports": {
        "inventory.py": 'boxes = ["one"]\n',
        "group_data/all.py": '__all__ = ["ssh_user"]\nssh_user = "me"\nssh_key = "k"\n',
    },
    "data of groups that ask for the inventory": {
        "inventory.py": 'db = [("one", {"ssh_port": 8}), "two"]\nweb = (["three"], {"ssh_user": "me"})\n',
        "group_data/all.py": "from pyinfra import inventory\n"
        "ssh_user = inventory.get_group('db')[1].name\nssh_port = inventory.get_host('one').data.ssh_port\n",
    },
    "a group of two shapes, and a generator": {
        "inventory.py": 'boxes = (["one", ("two", {"ssh_port": 1022})], {})\nmore = (host for host in ("three",))\n'
        'mixed = ["four", 3]\nnested = [["five"]]\nempty = []\nby_name = {"a": ["six"]}\n'
    },
    "members in a tuple": {
        "inventory.py": 'boxes = (("one", ("two", {"ssh_port": 9})), {"ssh_user": "me"})\n_pairs = (("a",), ("b",))\n'
    },
    "what is no group": {
        "inventory.py": 'boxes = ["one"]\nnumbers = [1, 2]\ntext = "two"\ndef function(): return ["three"]\n'
    },
    "a module beside it": {
        "inventory.py": "import named_here\nboxes = named_here.names\n",
        "named_here.py": 'names = ["one"]\n',
    },
    "ssh said in so many words": {"inventory.py": 'boxes = ["@ssh/one", ("@ssh/two", {"ssh_port": 7})]\n'},
    "a pattern of Python": {"inventory.py": 'boxes = [f"box-{n}" for n in range(12)]\n'},
}
KEYS = ("ssh_hostname", "ssh_port", "ssh_user", "ssh_key", "ssh_known_hosts_file")
_ASK_PYINFRA = """
import json, os, sys
from pyinfra.api import State
from pyinfra.context import ctx_state
from pyinfra_cli.inventory import make_inventory
ctx_state.set(State())
keys, *folders = map(json.loads, sys.argv[1:])
read = {}
for folder in folders:
    os.chdir(folder)
    sys.path.append(folder)
    found = make_inventory(folder + "/inventory.py", cwd=folder)
    sys.path.remove(folder)
    sys.modules.pop("named_here", None)
    read[folder] = {host.name: [sorted(set(host.groups)), {k: host.data.get(k) for k in keys if host.data.get(k)}]
        for host in found}
print(json.dumps(read))
"""


def written(folder: Path, files: Mapping[str, str]) -> Path:
    """The inventory of several files."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder / "inventory.py"


@pytest.fixture
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)


@pytest.fixture(scope="module")
def by_pyinfra(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, object]]:
    """What pyinfra itself reads in each, and where they are; it takes its time to start."""
    folders = {name: tmp_path_factory.mktemp("inventory") for name in INVENTORIES}
    for name, folder in folders.items():
        written(folder, INVENTORIES[name])
    asked = subprocess.run(
        [
            sys.executable,
            "-W",
            "ignore",
            "-c",
            _ASK_PYINFRA,
            *map(json.dumps, [KEYS, *map(str, folders.values())]),
        ],
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert asked.returncode == 0, asked.stderr
    read = json.loads(asked.stdout)
    return {name: (folder, read[str(folder)]) for name, folder in folders.items()}


@pytest.mark.parametrize("name", INVENTORIES)
def test_an_inventory_means_what_it_means_to_pyinfra(
    name: str, by_pyinfra: dict[str, tuple[Path, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, meant = by_pyinfra[name]
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    read = {
        host.name: [sorted(host.groups), {key: host.data[key] for key in KEYS if host.data.get(key)}]
        for host in inventory.read(folder / "inventory.py").hosts
    }
    assert read == meant
    sys.modules.pop("named_here", None)


@pytest.mark.usefixtures("_here")
def test_data_of_groups_may_lie_above_the_inventory(tmp_path: Path) -> None:
    """As where pyinfra is called from a project's root."""
    written(tmp_path, {"group_data/all.py": 'ssh_user = "root"\n'})
    file = written(tmp_path / "inventories", {"inventory.py": 'boxes = ["one"]\n'})
    assert inventory.read(file).hosts[0].data["ssh_user"] == "root"


def test_nothing_of_another_directory_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    foreign = tmp_path / "cloned"
    written(foreign, {"group_data/all.py": "raise SystemExit\n", "helper.py": "raise SystemExit\n"})
    file = written(tmp_path / "own", {"inventory.py": 'import helper\nboxes = ["one"]\n'})
    monkeypatch.chdir(foreign)
    with pytest.raises(OcprovError, match="No module named 'helper'") as caught:
        inventory.read(file)
    assert caught.value.hint.endswith("pipx inject ocprov helper")
    file.write_text('boxes = ["one"]\n')
    assert inventory.read(file).hosts[0].data == {}


WRONG = {
    "no Python": ("boxes = [", "inventory.py:1: SyntaxError"),
    "it fails": ("x = 1\nboxes = [missing]\n", "inventory.py:2: NameError"),
    "it ends": ("import sys\nsys.exit(3)\n", "inventory.py:2: SystemExit: 3"),
    "a nameless host": ('boxes = [""]\n', "has a host that is none"),
    "an empty host": ("boxes = [()]\n", "has a host that is none"),
    "data of a group that is none": ('boxes = (["one"], 3)\n', "has a group whose data is none"),
    "data that is none": ('boxes = [("one", 3)]\n', "has a host that is none"),
    "a message that colours": (r'raise ValueError("\x1b[31m\nx")', r"ValueError: \x1b[31m x"),
}


@pytest.mark.parametrize(("text", "why"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_with_an_inventory_is_told_with_its_line(text: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(OcprovError) as caught:
        inventory.read(written(tmp_path, {"inventory.py": text}))
    assert why in caught.value.message


def test_what_an_inventory_prints_is_talk(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    text = 'import os\nprint("printed")\nos.system("echo by a program")\nboxes = ["one"]\n'
    inventory.read(written(tmp_path, {"inventory.py": text}))
    print("answer")  # noqa: T201 # stdout is as it was
    out, err = capfd.readouterr()
    assert out == "answer\n"
    assert {"printed", "by a program"} <= set(err.splitlines())
