"""What the reports must say, computed from the views alone by the definitions of docs and README, and not by the program's own code."""

import json
import pathlib
import re
import sqlite3
import statistics
from collections import Counter
from datetime import datetime
from typing import Any

import recorded

OUTCOMES = ("succeeded", "failed", "running", "pending", "lost", "other")
TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{3})Z")


class NotJudged(Exception):
    """The views do not tell enough, such as an instant that they cannot show."""


def instant(text: Any) -> float:
    """Seconds since 1970."""
    if not isinstance(text, str) or not TIME.fullmatch(text):
        raise NotJudged
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError as error:
        raise NotJudged from error


def untruths(command: tuple[str, ...], output: str, database: pathlib.Path) -> list[str]:
    """What a report that ended with exit code 0 says otherwise than the views.

    Raises NotJudged, or sqlite3.Error where SQLite cannot read what the report did not need.
    """
    # A table and its index that differ are noticed by nothing but this, which reads the whole file.
    if recorded.rows(database, "PRAGMA integrity_check(1)") != [("ok",)]:
        raise NotJudged
    said = json.loads(output)
    if command[0] == "report":
        return differences(report_expected(database, said), report_said(said))
    if command[0] == "runs":
        of_runs = ("run_id", "vcenter", "endpoint", "started_at", "finished_at", "outcome", "vms", "polls", "failed_polls")
        every = recorded.rows(database, f"SELECT {', '.join(of_runs)} FROM collection_run_history")
        window = [instant(said["window"][bound]) for bound in ("since", "until")]
        expected = Counter(row for row in every if window[0] <= instant(row[3]) < window[1])
        return differences({"runs": expected}, {"runs": Counter(tuple(run[key] for key in of_runs) for run in said["runs"])})
    keys = ("endpoint", "outcome", "start_time", "end_time", "duration_seconds", "error_id", "error_message", "first_polled_at", "last_polled_at", "polls")
    rows = recorded.rows(
        database, f"SELECT {', '.join(keys)} FROM customization_history WHERE vcenter = ? AND vm = ? AND is_counted = 1", said["vcenter"], said["vm"])
    return differences(
        {"customizations": Counter(rows)}, {"customizations": Counter(tuple(one[key] for key in keys) for one in said["customizations"])})


def report_said(said: dict[str, Any]) -> dict[str, Any]:
    summary = said["summary"]
    durations = summary["duration_seconds"] or {}
    return {
        **{outcome: summary[outcome] for outcome in OUTCOMES}, "customizations": summary["customizations"], "clock faults": summary["clock_faults"],
        "failure rate": summary["failure_rate"] if summary["failure_rate"] is None else round(summary["failure_rate"], 6),
        "durations": durations.get("count", 0), "mean duration": round(durations.get("mean", 0), 2), "median": round(durations.get("p50", 0), 2),
        "longest": round(durations.get("max", 0), 2), "errors": sum(error["count"] for error in said["errors"]), "runs": said["coverage"]["runs"],
    }


def report_expected(database: pathlib.Path, said: dict[str, Any]) -> dict[str, Any]:
    since, until = (instant(said["window"][bound]) for bound in ("since", "until"))
    counts: Counter[str] = Counter()
    durations: list[float] = []
    clock_faults = 0
    for outcome, end, last, duration in recorded.rows(
            database, "SELECT outcome, end_time, last_polled_at, duration_seconds FROM customization_history WHERE is_counted = 1"):
        if outcome not in OUTCOMES:
            raise NotJudged
        is_finished = outcome in ("succeeded", "failed")
        if not since <= instant(end if is_finished else last) < until:
            continue
        counts[outcome] += 1
        if is_finished and duration is not None:
            clock_faults += duration < 0
            durations += [duration] if duration >= 0 else []
    finished = counts["succeeded"] + counts["failed"]
    runs = [started for (started,) in recorded.rows(database, "SELECT started_at FROM collection_run_history")]
    return {
        **{outcome: counts[outcome] for outcome in OUTCOMES}, "customizations": sum(counts.values()), "clock faults": clock_faults,
        "failure rate": round(counts["failed"] / finished, 6) if finished else None, "durations": len(durations),
        "mean duration": round(statistics.fmean(durations), 2) if durations else 0, "median": round(statistics.median(durations), 2) if durations else 0,
        "longest": round(max(durations), 2) if durations else 0, "errors": counts["failed"],
        "runs": sum(1 for started in runs if since <= instant(started) < until),
    }


def differences(expected: dict[str, Any], said: dict[str, Any]) -> list[str]:
    return [f"{what}: said {str(said[what])[:200]}, and the views come to {str(value)[:200]}" for what, value in expected.items()
            if said[what] != value and not (isinstance(value, float) and abs(said[what] - value) <= 0.02)]


def collected(database: pathlib.Path) -> list[str]:
    """What is wrong with the latest run, which `collect` said went well."""
    row = recorded.rows(
        database, "SELECT outcome, vms, polls, (SELECT count(*) FROM poll_history AS p WHERE p.run_id = r.run_id)"
        " FROM collection_run_history AS r WHERE endpoint <> 'events' ORDER BY run_id DESC LIMIT 1")
    if not row:
        return ["no run is recorded"]
    outcome, vms, polls, stored = row[0]
    return [] if outcome == "complete" and vms == polls == stored else [f"the run is {outcome}: {vms} VMs, {polls} polls, {stored} stored"]


def fingerprint(database: pathlib.Path) -> str | None:
    """All that the views show, in short; None where SQLite cannot read it."""
    try:
        return str(hash(str([recorded.rows(database, f"SELECT * FROM {view}") for view in (
            "poll_history", "customization_history", "collection_run_history", "latest_error")])))
    except sqlite3.Error:
        return None
