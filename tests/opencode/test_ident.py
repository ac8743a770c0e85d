"""Ids of messages: OpenCode takes them for the order in which they were sent."""

import re
import time

from ocprov.opencode.api import ident


def test_ids_are_as_opencode_has_them() -> None:
    assert re.fullmatch(r"msg_[0-9a-f]{12}[0-9A-Za-z]{14}", ident.message())


def test_ids_sort_in_their_order_also_within_a_millisecond() -> None:
    made = [ident.message() for _ in range(200)]
    assert made == sorted(made)
    assert len(set(made)) == 200


def test_an_id_tells_its_time_as_opencode_counts_it() -> None:
    before = time.time_ns() // 1_000_000
    told = int(ident.message()[4:16], 16) >> 12
    after = time.time_ns() // 1_000_000
    kept = (1 << 36) - 1  # of the milliseconds only these digits are kept
    assert before & kept <= told <= after & kept


def test_a_part_is_called_as_its_message() -> None:
    assert ident.part("msg_1f") == "prt_1f"
