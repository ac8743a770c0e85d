"""The same session, declared for every tool."""

from pathlib import Path

SESSION = "opencode-observability-bench"
COMMAND = "sleep 1000"

_LAYOUT = """\
alias: {alias}
variables:
  windows: {{type: int, default: {windows}}}
---
session_name: {session}
windows:
{{% for number in range(windows) %}}
  - window_name: w{{{{ number }}}}
    panes:
      - {command}
{{% endfor %}}
"""


def write(home: Path, windows: int) -> None:
    """Write the session of that many windows for ocprov, tmuxp, tmuxinator and smug."""
    layout(home, "bench", SESSION, windows)
    plain = _tmuxp(windows)
    for path, text in {
        "bench.yaml": plain,
        "bench-batch.yaml": f"workspace_builder: ocprov\n{plain}",
        ".config/tmuxinator/bench.yml": _tmuxinator(windows),
        ".config/smug/bench.yml": _smug(windows),
    }.items():
        _write(home / path, text)


def layout(home: Path, alias: str, session: str, windows: int) -> None:
    """Write a layout of ocprov's that declares that session."""
    text = _LAYOUT.format(alias=alias, session=session, windows=windows, command=COMMAND)
    _write(home / f".config/ocprov/layouts/{alias}.yaml.j2", text)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _tmuxp(windows: int) -> str:
    shown = (f"- window_name: w{number}\n  panes: [{COMMAND}]\n" for number in range(windows))
    return f"session_name: {SESSION}\nwindows:\n{''.join(shown)}"


def _tmuxinator(windows: int) -> str:
    shown = (f"- w{number}: {COMMAND}\n" for number in range(windows))
    return f"name: {SESSION}\nroot: ~/\nwindows:\n{''.join(shown)}"


def _smug(windows: int) -> str:
    shown = (f"- name: w{number}\n  commands: [{COMMAND}]\n" for number in range(windows))
    return f"session: {SESSION}\nroot: ~/\nwindows:\n{''.join(shown)}"
