"""Hosts of a test: real sshd on 127.0.0.1, each with a HOME, a tmux and temporary files of its own."""

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import Machine, until
from tests.fleet import processes

_PLACES = f"{os.defpath}:/usr/sbin:/usr/local/sbin:/sbin"
# Of the commands on a host: nothing of the test's own environment gets there.
PATH = "/usr/local/bin:/usr/bin:/bin"
_CONFIG = """\
ListenAddress 127.0.0.1
Port {port}
HostKey {key}
AuthorizedKeysFile {authorized}
PidFile none
PasswordAuthentication no
UsePAM no
StrictModes no
PermitRootLogin prohibit-password
MaxStartups 100
PrintMotd no
Subsystem sftp {sftp}
ForceCommand {login}
SetEnv {environment}
"""
# sshd goes to the user's real home, whatever HOME says.
_LOGIN = """\
#!/bin/sh
cd "$HOME" || exit
case ${SSH_ORIGINAL_COMMAND-} in
'') exec "$SHELL" -l ;;
*/sftp-server) exec "$SSH_ORIGINAL_COMMAND" ;;
*) exec "$SHELL" -c "$SSH_ORIGINAL_COMMAND" ;;
esac
"""


def program() -> str:
    """The sshd of this machine; empty where there is none."""
    return shutil.which("sshd", path=_PLACES) or ""


def _sftp() -> str:
    where = ("/usr/lib/openssh", "/usr/libexec/openssh", "/usr/lib/ssh", "/usr/libexec")
    return shutil.which("sftp-server", path=os.pathsep.join(where)) or "internal-sftp"


@dataclass(slots=True)
class Host:
    """A machine that is reached by ssh: `name` in the ssh_config of its `Fleet`."""

    name: str
    root: Path
    port: int = 0
    shell: str = "/bin/sh"
    more: Mapping[str, str] = field(default_factory=dict)  # into the environment of whatever runs on it
    lines: Sequence[str] = ()  # of sshd_config
    _process: subprocess.Popen[bytes] | None = None

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def environment(self) -> dict[str, str]:
        """What sshd gives to all that runs on the host, besides what is of the user."""
        own = {"HOME": self.home, "TMUX_TMPDIR": self.root / "tmux", "TMPDIR": self.root / "tmp"}
        return (
            {name: str(one) for name, one in own.items()}
            | {"PATH": PATH, "LANG": "C.UTF-8", "SHELL": self.shell}
            | dict(self.more)
        )

    def machine(self) -> Machine:
        """Its HOME and state, for looking at files; its commands run through `Fleet.ssh`."""
        return Machine(self.root)

    def tmux(self, *arguments: str) -> str:
        """What its tmux answers, asked on this machine."""
        done = subprocess.run(
            ["tmux", "-u", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        return done.stdout.rstrip("\n")

    def processes(self) -> list[int]:
        """All that runs on the host: what has its HOME, and what sshd started, whose title hides its environment."""
        known = {self._process.pid} if self._process else set()
        table = dict(processes.parents())
        for _ in range(4):
            known |= {pid for pid, parent in table.items() if parent in known}
        return [pid for pid in table if pid in known or processes.has(pid, f"HOME={self.home}")]

    def runs(self, word: str) -> list[int]:
        """Those of its processes that have a word in their command line."""
        return [pid for pid in self.processes() if word.encode() in processes.content(pid, "cmdline")]

    def start(self, keys: Path) -> None:
        """Let sshd listen; the port stays the same once it is known."""
        for part in (self.home, self.root / "tmp", self.root / "tmux"):
            part.mkdir(parents=True, exist_ok=True, mode=0o700)
        until(lambda: self._listens(keys))

    def _listens(self, keys: Path) -> bool:
        """Try to listen at its port, or a free one: between looking and listening it may have been taken."""
        port = self.port or _free_port()
        login = self.root / "login"
        login.write_text(_LOGIN)
        login.chmod(0o755)
        text = _CONFIG.format(
            port=port,
            sftp=_sftp(),
            login=login,
            key=keys / "host",
            authorized=keys / "user.pub",
            environment=" ".join(f'"{name}={one}"' for name, one in self.environment.items()),
        )
        (self.root / "sshd_config").write_text("\n".join([*self.lines, text]))
        log = self.root / "sshd.log"
        log.unlink(missing_ok=True)
        process = subprocess.Popen(
            [program(), "-D", "-f", str(self.root / "sshd_config"), "-E", str(log)], stdin=subprocess.DEVNULL
        )
        until(
            lambda: process.poll() is not None or (log.exists() and "Server listening on" in log.read_text())
        )
        if process.poll() is not None:
            assert "in use" in log.read_text(), log.read_text()
            return False
        self.port, self._process = port, process
        return True

    def stop(self) -> None:
        """It listens no more; what runs on it runs on."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def crash(self) -> None:
        """All at once is over: sshd, connections, commands, tmux; files stay."""
        there = self.processes()
        while there:
            for pid in there:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.stop()
            there = [pid for pid in {*there, *self.processes()} if processes.lives(pid)]


@dataclass(frozen=True, slots=True)
class Fleet:
    """Several hosts, and how their user reaches them: keys, an ssh_config, known hosts."""

    root: Path
    hosts: dict[str, Host]

    def __getitem__(self, name: str) -> Host:
        return self.hosts[name]

    @property
    def config(self) -> Path:
        """The user's ssh_config."""
        return self.root / "ssh_config"

    def ssh(self, name: str, command: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command line on a host, as its user would."""
        return subprocess.run(
            ["ssh", "-F", str(self.config), name, command],
            input=stdin, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    def write_config(self, *lines: str) -> None:
        """Write the ssh_config anew; `lines` for all hosts."""
        blocks = [
            f"Host {host.name}\n  HostName 127.0.0.1\n  Port {host.port}" for host in self.hosts.values()
        ]
        common = [
            f"IdentityFile {self.root / 'user'}",
            "IdentitiesOnly yes",
            "IdentityAgent none",
            f"UserKnownHostsFile {self.root / 'known_hosts'}",
            "StrictHostKeyChecking yes",
            "LogLevel ERROR",
            *lines,
        ]
        self.config.write_text("\n".join([*blocks, "Host *", *(f"  {line}" for line in common)]) + "\n")
        key = (self.root / "host.pub").read_text().strip()
        known = [f"[127.0.0.1]:{host.port} {key}" for host in self.hosts.values()]
        (self.root / "known_hosts").write_text("\n".join(known) + "\n")

    def inventory(self, path: Path, group: str = "boxes") -> Path:
        """Write an inventory in pyinfra's format, of all hosts."""
        data = {
            "ssh_hostname": "127.0.0.1",
            "ssh_key": str(self.root / "user"),
            "ssh_known_hosts_file": str(self.root / "known_hosts"),
            "ssh_config_file": str(self.config),
        }
        rows = [f"    ({host.name!r}, {data | {'ssh_port': host.port}!r})," for host in self.hosts.values()]
        path.write_text("\n".join([f"{group} = [", *rows, "]"]) + "\n")
        return path


@contextmanager
def fleet(root: Path, *hosts: Host) -> Iterator[Fleet]:
    """Hosts that listen, for as long as the block lasts; then all that runs on them is over."""
    keys = root / "ssh"
    keys.mkdir(mode=0o700)
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(keys / name)], check=True)
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(
            mode=0o755, exist_ok=True
        )  # sshd of root wants it; a service makes it at boot
    made = Fleet(keys, {host.name: host for host in hosts})
    try:
        for host in hosts:
            host.start(keys)
        made.write_config()
        yield made
    finally:
        for host in hosts:
            host.crash()


def _free_port() -> int:
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        return int(asking.getsockname()[1])
