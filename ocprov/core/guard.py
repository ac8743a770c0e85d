"""What a batch finds out by itself before it does anything: tmux evaluates these while it reads the lines."""

from ocprov.core.observed import OF_TAG, SESSION_TAG

# tmux 1 and 2, 3.0 and 3.1, with a letter or without; a build without a number counts as new.
OLD = "#{||:#{m:[12].*,#{version}},#{||:#{m:3.[01],#{version}},#{m:3.[01][a-z]*,#{version}}}}"
CONTINUUM = "#{==:#{@continuum-restore},on}"

_RESTORES = "#{||:#{@resurrect-restore-script-path}," + CONTINUUM + "}"


def uncertain(name: str) -> str:
    """Whether a server that runs is not one to make a session of that name in without a closer look.

    Where the name is taken, or may yet be by what comes back from a save; too old a tmux.
    """
    return _any(OLD, _RESTORES, taken(name))


def taken(name: str) -> str:
    """Whether a session has that name, or was declared with it and renamed, or came back under another one."""
    names = f"#{{m:*|{name}|*,|#{{S:#{{session_name}}|}}}}"
    declared = f"#{{m:* {name} *,#{{S:#{{{SESSION_TAG}}} }}}}"
    panes = f"#{{m:*|{name}|*,|#{{S:#{{W:#{{P:#{{{OF_TAG}}}|}}}}}}}}"
    return _any(names, declared, panes)


def _any(*conditions: str) -> str:
    first, *others = conditions
    return f"#{{||:{first},{_any(*others)}}}" if others else first


def choice(*branches: tuple[str, str], otherwise: str) -> str:
    """Lines for tmux: those of the first condition that holds, else the last ones."""
    words = ("%if", *("%elif" for _ in branches[1:]))
    chosen = "".join(
        f'{word} "{condition}"\n{lines}' for word, (condition, lines) in zip(words, branches, strict=True)
    )
    return f"{chosen}%else\n{otherwise}%endif\n"
