"""A server that went down: its supervisor says why, and is waited for while it lives."""

import subprocess
import threading
from dataclasses import replace
from pathlib import Path

from ocprov.opencode import process, record
from ocprov.opencode.heard import event
from ocprov.opencode.heard.event import Event
from tests.conftest import Machine
from tests.opencode.peer import hear, kinds, running


def test_a_supervisor_that_is_slow_to_say_why_is_waited_for(machine: Machine) -> None:
    directory = Path(machine.home / "shop").resolve()
    directory.mkdir()
    with running(directory) as peer, subprocess.Popen(["sleep", "1000"]) as server:
        known = replace(peer.record(), server=process.of(server.pid), supervisor=process.this())
        record.write(known)
        said = replace(known, state="restarting", reason="it was killed by SIGKILL")
        late = threading.Timer(1.5, record.write, [said])

        def end(told: Event) -> None:
            if told.type == event.UP:
                server.kill()
                server.wait()
                peer.break_off()
                late.start()

        heard = hear(peer.place, lambda told: event.DOWN in kinds(told), act=end)
        late.join()
    assert heard[-1].properties == {"reason": "it was killed by SIGKILL", "stopped": False}
