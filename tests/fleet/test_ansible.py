"""The Ansible role of deploy/fleet keeps sessions as declared, and says truthfully whether that changed anything."""

import json
import os
import re
import subprocess
import sys

import pytest

from ocprov.resources import shipped
from tests.conftest import Machine, until
from tests.fleet.conftest import install_this
from tests.fleet.laptop import LAYOUT, WINDOW, windows
from tests.fleet.sshd import Fleet

pytestmark = pytest.mark.slow
ROLES = shipped("deploy") / "fleet/ansible/roles"
HOSTS = ("one", "two")


def play(machine: Machine, fleet: Fleet, *options: str, word: str = "") -> list[int]:
    """Run the role on two hosts: how many tasks changed something, by host."""
    inventory = machine.home / "hosts"
    inventory.write_text("".join(f"{name}\n" for name in HOSTS))
    book = [
        {
            "hosts": "all",
            "gather_facts": False,
            "roles": ["ocprov"],
            "vars": {"ocprov_layouts": ["desk"], "ocprov_variables": {"word": word}},
        }
    ]
    (machine.home / "playbook.yml").write_text(json.dumps(book))
    here = {
        "ANSIBLE_ROLES_PATH": str(ROLES),
        "ANSIBLE_SSH_ARGS": f"-F {fleet.config}",
        "ANSIBLE_PIPELINING": "1",
        "ANSIBLE_NOCOWS": "1",
    }
    done = subprocess.run(
        [
            *(sys.executable, "-m", "ansible", "playbook"),
            "-i",
            inventory,
            "playbook.yml",
            "-e",
            f"ansible_python_interpreter={sys.executable}",
            *options,
        ],
        cwd=machine.home,
        env={**os.environ, **here},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    recap = dict(re.findall(r"^(\w+) +: ok=.* changed=(\d+)", done.stdout, re.MULTILINE))
    return [int(recap[host]) for host in HOSTS]


def test_a_first_run_changes_a_second_does_not_and_check_shows_what_would(
    three: Fleet, machine: Machine
) -> None:
    layouts = [three[name].home / ".config/ocprov/layouts/desk.yaml.j2" for name in HOSTS]
    for name, layout in zip(HOSTS, layouts, strict=True):
        install_this(three[name])
        layout.parent.mkdir(parents=True)
        layout.write_text(LAYOUT)
    word = 'it\'s "$(touch ran)" ; $HOME'

    assert play(machine, three, word=word) == [1, 1]
    until(lambda: (three["one"].home / "word").exists() and (three["one"].home / "word").read_text() == word)
    assert play(machine, three, word=word) == [0, 0]

    layouts[1].write_text(LAYOUT + WINDOW)
    assert play(machine, three, "--check", word=word) == [0, 1]
    assert [windows(three[name]) for name in HOSTS] == [["clock", "word"]] * 2
    assert not list(machine.root.rglob("ran"))
