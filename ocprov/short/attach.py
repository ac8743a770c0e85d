"""`ocprov attach` to the one session that a name plainly means."""

from ocprov.short import tmux
from ocprov.short.arguments import Call

_FORMAT = (
    "#{session_name}:#{version}:"
    "#{?@ocprov_session,,#{W:#{P:#{?#{||:#{@ocprov_pane},#{@ocprov_of}},+,}}}}:#{@ocprov_session}"
)
_HEX = frozenset("0123456789abcdef")
_LETTERS = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_OTHERS = _LETTERS | frozenset("@:_[]-")


def run(call: Call) -> int | None:
    """Attach or switch; None, and nothing done, where there is more to say than that."""
    server, here = tmux.server(call), tmux.inside()
    if server is None or not (server.ours if here else tmux.at_terminal()):
        return None
    session = _session(tmux.ask(server, "list-sessions", "-F", _FORMAT), call.names[0])
    return None if session is None else tmux.attach(server, session)


def _session(answer: "list[str] | None", name: str) -> str | None:
    """The only session of ours that `name` means; None also where that takes more than its tag to tell."""
    found = []
    for line in (answer or [])[:-1]:
        session, version, marks, tag = (*line.split(":", 3), "", "", "")[:4]
        if marks or not _new(version) or (tag and not _plain(tag)):
            return None
        if tag and name in (session, tag.partition(" ")[0]):
            found.append(session)
    return found[0] if len(found) == 1 else None


def _new(version: str) -> bool:
    """Whether tmux is surely one that ocprov works with."""
    return version[:2] in ("3.", "4.") and version[:3] not in ("3.0", "3.1")


def _plain(tag: str) -> bool:
    """Whether ocprov wrote a tag: layout, digest, declared name, and what else there is."""
    layout, digest, *more = (*tag.split(" "), "")
    return (
        _LETTERS.issuperset(layout.replace("-", "").replace("_", ""))
        and layout[:1] in _LETTERS
        and len(digest) == 12
        and _HEX.issuperset(digest)
        and len(more) > 1
        and all(word and _OTHERS.issuperset(word) for word in more[:-1])
    )
