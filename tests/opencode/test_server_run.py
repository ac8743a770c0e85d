"""`ocprov server run`: what its window shows from the first moment."""

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from threading import Timer

from ocprov.lock import held
from ocprov.opencode import record
from ocprov.opencode.life.supervise import supervise
from ocprov.opencode.spec import ServerSpec
from tests.conftest import DEADLINE, Machine
from tests.opencode.kept import keep
from tests.opencode.stubs import stub


def test_it_says_what_it_starts_before_it_asks_the_program_anything(machine: Machine) -> None:
    shop = machine.home / "shop"
    shop.mkdir()
    program = stub(machine.root / "bin", "exit 1")
    asked = machine.root / "asked"
    program.write_text(
        f"#!/bin/sh\ntimeout 10 sh -c 'until [ -e {asked} ]; do sleep 0.1; done'\necho 2.0.0\n"
    )
    words = [sys.executable, "-m", "ocprov", "server", "run", "--dir", "shop", "--binary", str(program)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        first = run.stdout.readline()
        asked.touch()
        _, told = run.communicate(timeout=DEADLINE)
    assert first.endswith(f"  starting the server of {shop}\n")
    assert (run.returncode, told.splitlines()[0]) == (
        1,
        "error: OpenCode 2.0.0 is not supported: ocprov is made for version 1",
    )


def test_a_window_of_a_server_that_another_process_supervises_tells_its_tmux_what_waits(
    machine: Machine,
) -> None:
    known = keep(machine, state="stopped")
    told: list[str] = []
    with ExitStack() as other:
        other.enter_context(held(known.places.lock, wait=0, blocked=lambda: None))

        def tell(line: str) -> None:
            told.append(line)
            other.close()  # it watches

        code = supervise(ServerSpec(Path(known.directory)), tell=tell, changed=lambda: told.append("waits"))
    assert (code, told) == (0, ["waits", "process 0 supervises it: stopped"])


def test_a_window_does_not_start_again_what_is_being_stopped_and_lost_its_supervisor(
    machine: Machine,
) -> None:
    known = keep(machine)
    told: list[str] = []
    with ExitStack() as stop, ExitStack() as supervisor:
        supervisor.enter_context(held(known.places.lock, wait=0, blocked=lambda: None))

        def stopped() -> None:
            record.change(known, state="stopped")
            stop.close()

        stopping = Timer(1, stopped)

        def tell(line: str) -> None:
            told.append(line)
            if len(told) == 1:
                stop.enter_context(held(known.places.start_lock, wait=0, blocked=lambda: None))
                supervisor.close()  # killed, as it took too long
                stopping.start()

        code = supervise(ServerSpec(Path(known.directory)), tell=tell, changed=lambda: None)
        stopping.join()
    assert (code, told[0]) == (0, "process 0 supervises it: ready")
