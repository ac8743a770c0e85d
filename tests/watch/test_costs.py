"""Costs are read from what the programs really print; what is none is never taken for nothing."""

import json
from datetime import date

import pytest

from ocprov.watch import costs
from ocprov.watch.document import document
from ocprov.watch.period import PERIODS, start

TODAY = date(2026, 11, 21)  # a Saturday

# Printed by ocmonitor 1.0.5.
OCMONITOR = """{
  "timeframe": "weekly", "start_date": "2026-11-16", "end_date": "2026-11-22", "total_cost": 2.769734,
  "total_tokens": {"input": 106388, "output": 96484, "cache_write": 201869, "cache_read": 5038570, "total": 5443311},
  "recalculated": false,
  "models": [{"model_name": "anthropic/claude-sonnet-5", "sessions": 2, "interactions": 37, "cost": 2.769734}]
}"""
# Printed by ccusage 20.0.24, `opencode daily --json --offline`.
CCUSAGE = """{
  "daily": [
    {"date": "2026-10-30", "inputTokens": 1, "modelsUsed": ["claude-sonnet-5"], "totalCost": 7.0, "totalTokens": 9},
    {"date": "2026-11-12", "inputTokens": 41512, "cacheCreationTokens": 27761, "cacheReadTokens": 1086805,
     "modelBreakdowns": [{"modelName": "gpt-5.3-codex", "cost": 0.35533699999999996, "inputTokens": 38368}],
     "modelsUsed": ["gpt-5.3-codex"], "outputTokens": 28954, "totalCost": 0.5, "totalTokens": 1185032},
    {"date": "2026-11-19", "modelsUsed": ["gpt-5.3-codex"], "totalCost": 0.25, "totalTokens": 228120},
    {"date": "2026-11-21", "modelsUsed": ["claude-sonnet-5"], "totalCost": 1.67785, "totalTokens": 3148439}
  ],
  "totals": {"cacheCreationTokens": 1, "inputTokens": 1, "totalCost": 9.42785, "totalTokens": 1}
}"""
# Printed by opencode-usage 0.2.4, `run --days 32 --by day --json`.
OPENCODE_USAGE = """{
  "period": "Last 32 days",
  "total": {"label": "total", "calls": 107, "tokens": {"input": 1, "total": 4616902}, "cost": 9.4279},
  "rows": [
    {"label": "2026-11-21", "calls": 74, "tokens": {"input": 74794, "reasoning": 0}, "cost": 1.6779},
    {"label": "2026-11-19", "calls": 10, "tokens": {"input": 23004, "reasoning": 0}, "cost": 0.25},
    {"label": "2026-11-12", "calls": 10, "tokens": {"input": 23004, "reasoning": 0}, "cost": 0.5},
    {"label": "2026-10-30", "calls": 10, "tokens": {"input": 23004, "reasoning": 0}, "cost": 7.0}
  ]
}"""
# Printed by ccusage where there is no data at all.
CCUSAGE_NOTHING = '{"daily": [], "totals": {"totalCost": -0.0, "totalTokens": 0}}'

STARTS = {
    "a-saturday": (TODAY, ["2026-11-21", "2026-11-16", "2026-11-01"]),
    "a-monday": (date(2026, 11, 16), ["2026-11-16", "2026-11-16", "2026-11-01"]),
    "a-sunday-the-first": (date(2026, 2, 1), ["2026-02-01", "2026-01-26", "2026-02-01"]),
    "new-year": (date(2027, 1, 1), ["2027-01-01", "2026-12-28", "2027-01-01"]),
}


@pytest.mark.parametrize(("today", "begins"), STARTS.values(), ids=STARTS)
def test_periods_begin_as_ocmonitors_do(today: date, begins: list[str]) -> None:
    assert [start(period, today).isoformat() for period in PERIODS] == begins


def test_ocmonitor_tells_the_total_and_the_first_day() -> None:
    found = costs.of_ocmonitor(document(OCMONITOR), "weekly", TODAY)
    assert found == costs.Cost("weekly", date(2026, 11, 16), 2.769734, "ocmonitor")


def test_ccusage_tells_every_day() -> None:
    found = costs.of_ccusage(document(CCUSAGE), PERIODS, TODAY)
    assert [cost.amount for cost in found] == pytest.approx([1.67785, 1.92785, 2.42785])


def test_opencode_usage_tells_the_days_of_a_month() -> None:
    found = costs.of_opencode_usage(document(OPENCODE_USAGE), PERIODS, TODAY)
    assert [cost.amount for cost in found] == pytest.approx([1.6779, 1.9279, 2.4279])


def test_a_day_without_a_row_cost_nothing_where_other_days_have_one() -> None:
    (found,) = costs.of_ccusage(document(CCUSAGE), ["daily"], date(2026, 11, 20))
    assert found.amount == 0


def test_ccusage_without_any_day_has_no_data() -> None:
    with pytest.raises(ValueError, match="no day"):
        costs.of_ccusage(document(CCUSAGE_NOTHING), ["daily"], TODAY)


NONE = {
    "negative": '{"timeframe": "daily", "total_cost": -1}',
    "nan": '{"timeframe": "daily", "total_cost": NaN}',
    "infinite": '{"timeframe": "daily", "total_cost": Infinity}',
    "too-large-for-a-float": '{"timeframe": "daily", "total_cost": 1' + "0" * 400 + "}",
    "becomes-infinite": '{"timeframe": "daily", "total_cost": 1e999}',
    "absurd": '{"timeframe": "daily", "total_cost": 1e308}',
    "a-text": '{"timeframe": "daily", "total_cost": "1"}',
    "true": '{"timeframe": "daily", "total_cost": true}',
    "missing": '{"timeframe": "daily"}',
    "of-another-period": '{"timeframe": "all", "total_cost": 1}',
    "of-no-date": '{"timeframe": "daily", "total_cost": 1, "start_date": "today"}',
    "a-list": "[]",
    "empty": "",
    "words": "Error: no",
    "two-documents": "{} {}",
    "deep": "[" * 100_000,
}


@pytest.mark.parametrize("text", NONE.values(), ids=NONE)
def test_what_is_no_cost_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        costs.of_ocmonitor(document(text), "daily", TODAY)


ROWS = {
    "no-list": {},
    "rows-of-no-objects": {"daily": [1]},
    "no-date": {"daily": [{"totalCost": 1}]},
    "a-date-that-is-none": {"daily": [{"date": "Nov 21", "totalCost": 1}]},
    "a-negative-day": {"daily": [{"date": "2026-11-21", "totalCost": -1}]},
}


@pytest.mark.parametrize("answer", ROWS.values(), ids=ROWS)
def test_so_are_rows_that_are_none(answer: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"."):
        costs.of_ccusage(document(json.dumps(answer)), ["daily"], TODAY)
