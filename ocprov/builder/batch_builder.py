"""The workspace builder that tmuxp is given: the classic one's results, by as few tmux clients as possible."""

import logging
import os
import shutil
from collections.abc import Iterator
from itertools import chain

from libtmux.common import has_gte_version
from libtmux.session import Session
from libtmux.window import Window
from tmuxp.plugin import TmuxpPlugin
from tmuxp.util import run_before_script
from tmuxp.workspace.builder.classic import ClassicWorkspaceBuilder, get_default_columns, get_default_rows
from tmuxp.workspace.options import PaneReadiness, shell_is_zsh

from ocprov.builder import checks, left, names, session, slots, windows
from ocprov.builder.answer import Known
from ocprov.builder.failure import SessionNameError
from ocprov.builder.resolve import Places, changed, held
from ocprov.builder.runner import Runner
from ocprov.builder.session import Terms
from ocprov.builder.steps import Event, Hook, Log, Progress, Run, Step, Told, Unless

# Below the name that tmuxp documents for its builders.
_logger = logging.getLogger("tmuxp.workspace.builder.ocprov")
_HOOKS = ("before_workspace_builder", "on_window_create", "after_window_finished")


class BatchWorkspaceBuilder(ClassicWorkspaceBuilder):  # type: ignore[misc] # tmuxp ships no types
    """Builds a tmuxp workspace by one tmux client; `workspace_builder: ocprov` in a tmuxp file chooses it.

    More clients are needed for `before_script`, plugins with hooks, sleeps, waiting for prompts, declared indexes
    and sessions that are there already: docs/builder.md says how many.
    """

    _session: Session | None

    def build(self, session: Session | None = None, append: bool = False) -> None:
        """Build the workspace in a new session, or in `session`; with `append` that one's windows stay.

        What tmux refuses is raised as a BuildError, with tmux's words; then `self.session` is what there is. Of a
        session that was given nothing is killed.
        """
        known = Known()
        if session:
            self.server = session.server
            self._session = session
            known = Known(str(session.session_id), str(session.session_name))
        try:
            self._build(known, given=bool(session), append=append)
        except Exception:  # of whatever a plugin or a script of the user's raises; it goes on to the caller
            self._session = self._left(known, given=bool(session))
            raise
        self._session = Session.from_session_id(self.server, known.session)

    def _build(self, known: Known, *, given: bool, append: bool) -> None:
        config, terms = self.session_config, self._terms()
        places = Places(known, config["session_name"])
        runner = Runner(
            self.server, places, lambda step: self._tell(step, known), lambda hook: self._call(hook, known)
        )
        checks.windows(config, lambda: has_gte_version("3.5", self.server.tmux_bin))
        indexes = windows.indexes(config)
        if not given:
            self._make(runner, session.new_session(config, terms))
        runner.add(session.created(config, known.name if given else config["session_name"]))
        self._prepare(runner, terms, made=not given)
        self._log(logging.INFO, "session created")
        runner.add(session.values(config))
        if self.on_progress:
            runner.add(session.pane_base_index())
        if known.session or slots.needed(indexes, append=append):
            runner.run(session.facts())
            self._fill(runner, places, terms, append=append)
        elif not runner.run(
            chain([self._unless()], windows.built(config, terms, first=True, wait=self._wait("")))
        ):
            self._fill(runner, places, terms, append=append)
        self._log(logging.INFO, "workspace built")

    def _terms(self) -> Terms:
        size = None
        if os.getenv("TMUXP_DETECT_TERMINAL_SIZE", "1") == "1":
            size = shutil.get_terminal_size(fallback=(get_default_columns(), get_default_rows()))
        hooks = frozenset(name for name in _HOOKS if any(_does(plugin, name) for plugin in self.plugins))
        return Terms(names.directory, size, hooks)

    def _make(self, runner: Runner, new_session: Run) -> None:
        name = self.session_config["session_name"]
        checks.session_name(name)
        runner.add([new_session])
        if not checks.plain(name):
            runner.flush()
            if runner.known.name != name:
                raise SessionNameError(f"tmux would change it to {runner.known.name!r}", name)

    def _prepare(self, runner: Runner, terms: Terms, *, made: bool) -> None:
        """What has to see the session before anything is done to it: plugins and `before_script`."""
        scripted = "before_script" in self.session_config
        if not (scripted or "before_workspace_builder" in terms.hooks):
            return
        runner.flush()
        if made:
            self._session = Session.from_session_id(self.server, runner.known.session)
        for plugin in self.plugins:
            plugin.before_workspace_builder(self.session)
        if scripted:
            self._before_script(made=made)

    def _before_script(self, *, made: bool) -> None:
        if self.on_before_script:
            self.on_before_script()
        if self.on_build_event:
            self.on_build_event({"event": "before_script_started"})
        script, cwd = self.session_config["before_script"], self.session_config.get("start_directory")
        try:
            run_before_script(script, cwd=cwd, on_line=self.on_script_output)
        except Exception:  # as above
            self._log(logging.ERROR, "before script failed", tmux_config_path=str(script))
            # Not a session that was there before, as the classic builder does.
            if made:
                self.session.kill()
            raise
        finally:
            if self.on_build_event:
                self.on_build_event({"event": "before_script_done"})

    def _unless(self) -> Unless:
        zsh = self._builder_options.pane_readiness is PaneReadiness.AUTO
        return Unless(held(zsh=zsh, shell=os.environ.get("SHELL", "")))

    def _wait(self, shell: str) -> bool:
        """Whether to wait for prompts, as far as the session's shell is known."""
        readiness = self._builder_options.pane_readiness
        return readiness is PaneReadiness.ALWAYS or (readiness is PaneReadiness.AUTO and shell_is_zsh(shell))

    def _fill(self, runner: Runner, places: Places, terms: Terms, *, append: bool) -> None:
        """Make the windows, the facts being known."""
        known = runner.known
        runner.careful = runner.hooked = known.hooked
        known.own = known.own or known.ids[0]
        if known.hooked:
            runner.run(self._built(known, terms, append=append))
            return
        taken, first = known.indexes, self._first(known, append=append)
        declared = windows.indexes(self.session_config)
        places.slots = slots.slots(declared, taken, known.base_index, first=first, renumber=known.renumber)
        if not runner.run(chain([Unless(changed(known))], self._built(known, terms, append=append))):
            # Somebody made or closed a window since: tmux is to find the indexes, one by one.
            runner.careful, places.slots = True, ()
            runner.run(self._built(known, terms, append=append))

    def _built(self, known: Known, terms: Terms, *, append: bool) -> Iterator[Step]:
        first = self._first(known, append=append)
        wait = self._wait(known.shell or os.environ.get("SHELL", ""))
        return windows.built(self.session_config, terms, first=first, wait=wait)

    def _first(self, known: Known, *, append: bool) -> bool:
        """Whether the one window that is there gives way to the first new one.

        Not one that a script, a plugin or a person put in the place of the session's own.
        """
        return not append and known.ids == [known.own]

    def _tell(self, step: Told, known: Known) -> None:
        match step:
            case Log(text, name, place, about):
                pane = known.panes.get((place.window or 0, place.pane or 0), "")
                self._log(logging.DEBUG, text, *about, tmux_window=name, tmux_pane=pane)
            case Event(event) if self.on_build_event:
                self.on_build_event(dict(event))
            case Progress(text, pane) if self.on_progress:
                self.on_progress(text if pane is None else f"{text}{pane + known.pane_base_index}")

    def _log(self, level: int, text: str, *about: str, **extra: str) -> None:
        _logger.log(level, text, *about, extra={"tmux_session": self.session_config["session_name"], **extra})

    def _call(self, hook: Hook, known: Known) -> None:
        window = Window.from_window_id(self.server, known.windows[hook.window])
        for plugin in self.plugins:
            getattr(plugin, hook.name)(window)

    def _left(self, known: Known, *, given: bool) -> Session | None:
        """What a failed build leaves; a session of ours that has another name than the declared one goes."""
        name = self.session_config["session_name"]
        if not given and known.session and known.name != name:
            self.server.cmd("kill-session", target=known.session)
        return left.of(self.server, known.session, name, tuple(known.windows.values()), given=given)


def _does(plugin: object, name: str) -> bool:
    """Whether the plugin has its own method of this name, and not the one of tmuxp that does nothing."""
    method = getattr(plugin, name)
    return getattr(method, "__func__", method) is not getattr(TmuxpPlugin, name)
