"""`ocprov attach` to the one session that a name plainly means."""

from ocprov.short import tmux
from ocprov.short.arguments import Call
from ocprov.tmux import here

_FORMAT = (
    "#{session_name}:#{version}:"
    "#{?@ocprov_session,,#{W:#{P:#{?#{||:#{@ocprov_pane},#{@ocprov_of}},+,}}}}#{?@ocprov_hooks,+,}:#{@ocprov_session}"
)
_HEX = frozenset("0123456789abcdef")
_LETTERS = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_OTHERS = _LETTERS | frozenset("@:_[]-")


def run(call: Call) -> int | None:
    """Attach or switch; None, and nothing done, where there is more to say than that."""
    server = tmux.server(call)
    if server is None or not (server.ours if here.inside() else here.at_terminal()):
        return None
    session = _session(tmux.ask(server, "list-sessions", "-F", _FORMAT), call.names[0])
    if session is None:
        return None
    if not server.ours:
        here.attach(server.flags, f"={session}")
    return None if tmux.switch(server, session) else 0


def _session(answer: "list[str] | None", name: str) -> str | None:
    """The only session of ours that `name` means; None also where that takes more than its tag to tell."""
    found = []
    for line in (answer or [])[:-1]:
        session, version, marks, tag = (*line.split(":", 3), "", "", "")[:4]
        if marks or here.older(version, here.OLDEST) or (tag and not _plain(tag)):
            return None
        if tag and name in (session, tag.partition(" ")[0]):
            found.append(session)
    return found[0] if len(found) == 1 else None


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
