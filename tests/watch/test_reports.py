"""Reports as files: JSON as ocmonitor has it, CSV that no spreadsheet runs."""

import csv
import io
import json

import pytest

from ocprov.watch import reports


def row(name: object = "m", cost: object = 1.5, **more: object) -> dict[str, object]:
    return {"model_name": name, "sessions": 2, "tokens": {"input": 3, "total": 4}, "cost": cost, **more}


def table(*rows: dict[str, object]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(reports.as_csv("models", {"models": list(rows)}))))


def test_nested_numbers_are_columns_and_lists_are_joined() -> None:
    assert table(row(models_used=["a", "b"])) == [
        {
            "model_name": "m",
            "sessions": "2",
            "tokens_input": "3",
            "tokens_total": "4",
            "cost": "1.5",
            "models_used": "a; b",
        }
    ]


NAMES = {
    "formula": ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
    "plus": ("+1", "'+1"),
    "minus": ("-1", "'-1"),
    "at": ("@SUM(A1)", "'@SUM(A1)"),
    "full-width": ("＝1", "'＝1"),  # noqa: RUF001 # meant
    "tab-before": ("\t=1", r"\t=1"),
    "lines": ('a\nb,c\r"d"', r"a\nb,c\r" + '"d"'),
    "half-a-character": ("\ud800", r"\ud800"),
    "escape": ("\x1b[31m", r"\x1b[31m"),
    "plain": ("anthropic/claude-sonnet-5", "anthropic/claude-sonnet-5"),
}


@pytest.mark.parametrize(("name", "cell"), NAMES.values(), ids=NAMES)
def test_a_name_stays_a_text_in_one_line(name: str, cell: str) -> None:
    text = reports.as_csv("models", {"models": [row(name)]})
    assert text.count("\n") == 2
    assert text.encode()
    assert table(row(name))[0]["model_name"] == cell


def test_a_name_in_a_list_does_too() -> None:
    assert table(row(models_used=["=1", "b"]))[0]["models_used"] == "'=1; b"


def test_numbers_are_left_as_they_are() -> None:
    assert (
        table(row(cost=0.000001, p50=None, change=-5))[0] | {}
        == table(row(cost=1e-6, change=-5, p50=None))[0]
    )
    assert table(row(change=-5))[0]["change"] == "-5"


def test_rows_may_have_different_columns() -> None:
    first, second = table(row(), row(extra=1))
    assert (first["extra"], second["extra"]) == ("", "1")


@pytest.mark.parametrize("name", ["daily", "weekly", "monthly", "models", "projects"])
def test_a_report_of_nothing_has_a_header(name: str) -> None:
    kinds = ("daily_breakdown", "weekly_breakdown", "monthly_breakdown", "models", "projects")
    lists: dict[str, object] = {kind: [] for kind in kinds}
    (header,) = reports.as_csv(name, lists).splitlines()
    assert header.endswith(",cost")


def test_json_keeps_the_whole_report() -> None:
    report = {"models": [row()], "total_cost": 1.5, "note": "é\ud800"}
    assert json.loads(reports.as_json("models", report)) == report
    assert reports.as_json("models", report).encode()


@pytest.mark.parametrize("cost", [-1, "1", None, float("inf"), float("nan")])
def test_a_cost_that_is_none_is_refused(cost: object) -> None:
    with pytest.raises(ValueError, match="cost"):
        reports.checked("models", {"models": [row(cost=cost)]})
