"""doubtful, conflict (one, or all by a rule), undo."""

from __future__ import annotations

import argparse

from app.commands.opening import Result, opened, progress, table
from app.domain import deciding
from app.services import conflicts, doubtful, undoing
from app.words import say


def doubtful_list(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        rows = doubtful.pending(session)
    for row in rows:
        row["reason_text"] = say(f"reason-{row['reason']}")
        row["why_text"] = [say(f"why-{code}") for code in row["why"]]
    said = table(
        [(row["id"], f"{row['file']} {row['row']}", row["values"].get("name"), row["reason_text"],
          "" if row["score"] is None else f"{row['score']}%", "、".join(row["why_text"])) for row in rows],
        ("编号", "来自", "姓名", "原因", "相像", "依据"),
    )  # fmt: skip
    return rows, said if rows else say("doubtful-none"), 0


def doubtful_decide(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        done = doubtful.decide(session, chosen.id, chosen.decision)
    return {"id": done.id, "decision": chosen.decision, "batch": done.batch}, say("decided", batch=done.batch), 0


def conflict_list(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        rows = conflicts.pending(session)
    said = table(
        [(row["id"], row["path"], row["title"], version["text"], version["version"])
         for row in rows for version in row["values"]],
        ("编号", "位置", "字段", "值", "版本"),
    )  # fmt: skip
    return rows, said if rows else say("conflict-none"), 0


def conflict_decide(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        done = conflicts.decide(session, chosen.id, chosen.version)
    return {"id": chosen.id, "changed": list(done.changed), "batch": done.batch}, say("decided", batch=done.batch), 0


def conflict_decide_all(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        cases = [each for each in conflicts.pending(session) if chosen.field in ("", each["field"], each["title"])]
        versions = deciding.choices(cases, chosen.keep)
        done = conflicts.decide_many(session, versions, progress)
    left = len(cases) - done["decided"]
    code = "conflict-many-cli" if done["decided"] else "conflict-none-cli"
    said = say(code, decided=done["decided"], left=left, batches="、".join(done["batches"]))
    return {**done, "left": left}, said, 0


def undo(chosen: argparse.Namespace) -> Result:
    with opened(chosen) as session:
        done = undoing.undo(session, chosen.batch)
    lines = [say("undo-done", **done)]
    lines += [say(f"kept-{each['reason']}", **each) for each in done["kept"][:20]]
    return done, "\n".join(lines), 0
