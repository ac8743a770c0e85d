"""How servers, what runs beside them, and what is in the environment are judged and gathered."""

from pathlib import Path

import pytest

from ocprov.core.value import replace
from ocprov.doctor import servers, variables
from ocprov.doctor.seen import around
from ocprov.doctor.seen import servers as seen
from ocprov.doctor.seen import variables as seen_variables
from ocprov.doctor.servers import Hand, Server, Servers
from ocprov.doctor.variables import Variables
from ocprov.opencode import password, places, record
from ocprov.opencode.api import contract
from ocprov.opencode.api.client import ENDPOINTS
from ocprov.opencode.record import Options, Process, Record
from ocprov.tmux.client import server
from tests.conftest import Machine, until
from tests.doctor.samples import FIXES, found, start, told, troubles
from tests.opencode.real import Opencode, opencode, provider

__all__ = ["opencode", "provider"]

GOOD = Server("shop-1a2b3c", "/src/shop", "ready", memory=340_000_000)


def one(**changed: object) -> Servers:
    return Servers((replace(GOOD, **changed),), ())  # type: ignore[arg-type] # named per row


def test_all_is_well() -> None:
    seen = Servers((GOOD, replace(GOOD, health="stopped")), (), compared="1.18.33")
    assert told(servers.judge(seen)) == [
        ("servers", "ok", "1 ready"),
        ("API", "ok", "OpenCode 1.18.33 has all that ocprov asks"),
    ]
    assert told(servers.judge(Servers())) == [
        ("servers", "ok", "none runs"),
        ("API", "ok", "not compared: no server runs"),
    ]


@pytest.mark.parametrize(
    ("wrong", "state", "found", "fix"),
    [
        pytest.param(one(health="hung"), "fail", "does not answer", "server stop --force shop-1a2b3c", id="hung"),
        pytest.param(one(health="foreign"), "fail", "another program", "ensure --dir /src/shop", id="foreign"),
        pytest.param(one(health="orphan"), "warn", "nobody supervises", "ensure --dir /src/shop", id="orphan"),
        pytest.param(one(health="dead"), "warn", "nobody noticed", "ensure --dir /src/shop", id="dead"),
        pytest.param(one(health="failed", why="no\x1b"), "warn", "failed: no\\x1b", "server logs", id="failed"),
        pytest.param(one(health="unknown", why="damaged"), "warn", "damaged", "server ls", id="unreadable"),
        pytest.param(one(memory=3_100_000_000), "warn", "grown to 3.1 GB", "server stop shop-1a2b3c &&", id="large"),
        pytest.param(one(exposed="mode 0644", mend="rm it"), "fail", "mode 0644", "rm it", id="password"),
        pytest.param(one(health="unknown", exposed="x", mend="rm it"), "fail", "x", "rm it", id="told once"),
        pytest.param(one(loose=True, root="/s"), "warn", "others may look into /s", "chmod 700 /s", id="loose"),
        pytest.param(Servers((GOOD,), (Hand(7, "/src/shop", True),)), "fail", "process 7 works in /src/shop too", "kill 7", id="by hand"),
        pytest.param(Servers((), lacks=("GET /path", "GET /b"), compared="1.19.0"), "fail", "1.19.0 has not what ocprov asks: GET /path, GET /b", "opencode-ai@1.18", id="contract"),
        pytest.param(Servers((), untold="it takes too long"), "warn", "it takes too long", "server ls", id="untold"),
        pytest.param(Servers((), files=9, leaked=200_000_000), "warn", "9 files, 200 MB, in /tmp", "find /tmp", id="leak"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(wrong: Servers, state: str, found: str, fix: str) -> None:
    (check,) = troubles(servers.judge(wrong))
    assert check.state == state
    assert found in check.found
    assert fix in check.fix


def test_what_was_started_by_hand_elsewhere_is_no_trouble() -> None:
    seen = Servers((), tuple(Hand(pid, "/else", False) for pid in range(1, 6)))
    assert troubles(servers.judge(seen)) == []
    assert "1 in /else, 2 in /else, 3 in /else and 2 more" in str(told(servers.judge(seen)))
    assert "not looked for" in str(told(servers.judge(Servers((), None))))


def test_an_endpoint_that_is_gone_is_named() -> None:
    paths: dict[str, dict[str, object]] = {path: {} for _, path in ENDPOINTS}
    for method, path in ENDPOINTS:
        paths[path][method] = {}
    assert contract.missing({"paths": paths}) == ()
    del paths["/session/{sessionID}"]["delete"], paths["/path"]
    assert contract.missing({"paths": paths}) == ("GET /path", "DELETE /session/{sessionID}")
    assert len(contract.missing({"paths": []})) == len(ENDPOINTS)


@pytest.mark.parametrize(
    ("wrong", "what", "fix"),
    [
        (Variables(frozenset({"OPENCODE_SOCKET"})), "OPENCODE_SOCKET", "unset OPENCODE_SOCKET"),
        (Variables(frozenset(), frozenset({"OPENCODE_STATE"})), "OPENCODE_STATE", "tmux -L 'my one' set-environment -gu OPENCODE_STATE"),
        (Variables(frozenset({"OPENCODE_DB"})), "OPENCODE_DB", "unset OPENCODE_DB"),
        (Variables(frozenset(), other=("XDG_DATA_HOME",)), "XDG_DATA_HOME in tmux", "set-environment -gu XDG_DATA_HOME"),
        (Variables(frozenset({"XDG_DATA_HOME"}), inside=("XDG_DATA_HOME",)), "XDG_DATA_HOME", "unset XDG_DATA_HOME"),
    ],
)  # fmt: skip
def test_variables_that_do_harm_or_nothing(wrong: Variables, what: str, fix: str) -> None:
    (check,) = troubles(variables.judge(wrong, FIXES))
    assert (check.what, check.state) == (what, "warn")
    assert fix in check.fix


def test_an_agents_own_shell_has_them_by_right() -> None:
    names = frozenset({"OPENCODE_SERVER_PASSWORD", "XDG_DATA_HOME"})
    assert troubles(variables.judge(Variables(names, agent=True, inside=("XDG_DATA_HOME",)), FIXES)) == []


def test_names_are_gathered_here_and_in_tmux_and_never_values(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENCODE_SERVER_PASSWORD", "hunter2")
    monkeypatch.setenv("XDG_DATA_HOME", str(machine.home / "one"))
    start(machine)
    machine.tmux("set-environment", "-g", "XDG_DATA_HOME", "/hunter3")
    machine.tmux("set-environment", "-g", "OPENCODE_SOCKET", "/hunter4")
    made = seen_variables.variables(around.look(server))
    assert made.here == {"OPENCODE_SERVER_PASSWORD", "XDG_DATA_HOME"}
    assert "OPENCODE_SOCKET" in made.tmux
    assert made.other == ("XDG_DATA_HOME",)
    done = machine.ocprov("doctor", "--json")
    assert "hunter" not in done.stdout + done.stderr

    monkeypatch.setenv("XDG_DATA_HOME", str(machine.state / "opencode/shop-1a2b3c/xdg/data"))
    assert seen_variables.variables(around.look(server)).inside == ("XDG_DATA_HOME",)


@pytest.fixture
def shop(machine: Machine) -> Record:
    known = Record(str(machine.home), "http://127.0.0.1:1", 1, "ready", server=Process(4_194_303, "1"))
    password.ensure(known.places.make())
    record.write(known)
    return known


def test_what_is_gathered_of_a_server_that_died(shop: Record) -> None:
    shop.places.password.chmod(0o640)
    shop.places.root.chmod(0o755)
    (one,) = seen.servers().servers
    assert (one.name, one.health, one.loose) == (shop.name, "unknown", True)
    assert one.exposed.endswith("can be read by others: mode 0640")
    shop.places.password.unlink()
    assert seen.servers().servers[0].exposed == ""


def test_a_record_that_cannot_be_read_hides_nothing_else(shop: Record, machine: Machine) -> None:
    odd = places.folder() / "odd-123456"
    odd.mkdir()
    (odd / "server.json").write_text("{")
    assert {one.name: one.health for one in seen.servers().servers} == {
        shop.name: "dead",
        odd.name: "unknown",
    }
    assert found(group="OpenCode")[shop.name].fix == f"ocprov server ensure --dir {machine.home}"


def test_what_opencode_left_in_the_temporary_directory(tmp_path: Path) -> None:
    for name, size in (
        (".bcfbdfbfbc85babe-00000000.so", 7),
        (".bcfbdfbfbc85babe-00000001.so", 5),
        ("a.so", 3),
    ):
        (tmp_path / name).write_text("x" * size)
    (tmp_path / ".bcfbdfbfbc85babe-00000002.so").symlink_to("/etc/passwd")
    assert seen._leaked(str(tmp_path)) == (2, 12)
    assert seen._leaked(str(tmp_path / "nowhere")) == (0, 0)


@pytest.mark.slow
def test_a_real_server_has_all_that_is_asked_of_it(opencode: Opencode) -> None:
    known = opencode.ensure()

    # It is asked for a few seconds: one that a busy machine lets wait is hung for as long.
    def gathered() -> list[Servers]:
        return [made for made in (seen.servers(),) if made.compared]

    def listed() -> list[dict[str, object]]:
        (row,) = [one for one in opencode.data("server", "ls")["servers"] if not one["by_hand"]]
        return [row] if row["conversations"] is not None else []

    (made,) = until(gathered)
    assert (made.compared, made.lacks, made.untold) == (known.version, (), "")
    assert [(one.name, one.health) for one in made.servers] == [(known.name, "ready")]
    assert made.servers[0].memory > 50_000_000
    (row,) = until(listed)
    assert (row["health"], row["pid"], row["port"], row["url"]) == (
        "ready",
        known.server.pid,
        known.port,
        known.url,
    )
    assert (row["conversations"], row["isolation"], row["restarts"]) == (0, Options().isolation, 0)


def test_a_command_to_paste_names_a_directory_and_runs_nothing_of_its_name() -> None:
    found = servers.judge(Servers((Server("x-1", "/a $(b)", "dead", loose=True, root="/s $(t)"),)))

    fixes = [one.fix for one in found if one.fix]
    assert fixes == ["ocprov server ensure --dir '/a $(b)'", "chmod 700 '/s $(t)'"]
