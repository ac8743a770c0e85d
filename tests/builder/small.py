"""Small workspaces, and what became of them."""

from typing import Any

from libtmux.server import Server

from tests.conftest import Machine, until

Config = dict[str, Any]
BLANK: Config = {"shell_command": []}


def typed(*commands: str, **keys: Any) -> Config:
    return {"shell_command": [{"cmd": command} for command in commands], **keys}


def workspace(*windows: Config, **keys: Any) -> Config:
    return {
        "session_name": "s",
        "windows": list(windows or ({"window_name": "a", "panes": [BLANK]},)),
        **keys,
    }


def windows(server: Server, target: str = "=s:") -> list[str]:
    return server.cmd("list-windows", "-t", target, "-F", "#{window_index} #{window_name}").stdout


def sessions(server: Server) -> list[str]:
    return server.cmd("list-sessions", "-F", "#{session_name}").stdout


def window_texts(machine: Machine, server: Server, target: str) -> list[str]:
    panes = server.cmd("list-panes", "-t", target, "-F", "#{pane_id}").stdout
    files = [machine.home / "typed" / str(server.socket_name) / pane for pane in panes]
    until(lambda: all(path.exists() and path.read_text().endswith(("\n", "\r")) for path in files))
    return [path.read_text().rstrip("\r\n") for path in files]
