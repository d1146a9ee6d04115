"""Who is who: our matcher beside Splink and recordlinkage on invented Chinese rosters and on FEBRL.

The two libraries are no part of the project: `LOUTU_COMPARE` names an environment that has them. Without it the row
prints our own figures and "absent".
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from pypinyin import lazy_pinyin

from app.domain.duplicates import pairs
from app.domain.matching import Known, Match, PeopleIndex, match
from benchmarks.truth import Person, Truth, generate

TITLE = "matching people: F1 (automatic or best candidate), invented Chinese rosters"
HOLD = "precision of automatic matches ≥ 0.995, F1 above both libraries'"
SEEDS = (11, 12, 13)
PARTNERS = 0.1
"""Score from which two records are partners: less than a pair needs that has rivals."""
LINKERS = Path(__file__).parents[1] / "linkers.py"
LIBRARIES = ("splink", "recordlinkage")
Figures = dict[str, float]


def run() -> dict[str, Any]:
    chinese = [_chinese(generate(seed)) for seed in SEEDS]
    figures: dict[str, str] = {}
    for who in chinese[0]:
        figures[who] = _shown(_mean([each[who] for each in chinese])) if chinese[0][who] else "absent"
    for number in "1234":
        for document in (True, False):
            for who, reached in _febrl(number, document).items():
                figures[f"FEBRL {number} {'with' if document else 'without'} number, {who}"] = _shown(reached)
    ours = min(each["automatic or best candidate"]["f1"] for each in chinese)
    theirs = max([each[library].get("f1", 0) for each in chinese for library in LIBRARIES])
    print("\n".join(f"  {who:48} {reached}" for who, reached in figures.items()))
    against = "the better of splink and recordlinkage, thresholds chosen on the same set"
    return {"against": against, "ratio": round(ours / theirs, 4) if theirs else "absent", "figures": figures}


# ---------------------------------------------------------------- the invented rosters


def _chinese(truth: Truth) -> dict[str, Figures]:
    found = linked(truth)
    automatic = [each.resident if each.kind == "known" else None for each in found]
    answers = truth.answers
    return {
        "automatic": of_rows(automatic, answers),
        "automatic or best candidate": of_rows([each.resident for each in found], answers),
        **{library: _asked(library, chinese_job(truth)) for library in LIBRARIES},
    }


def linked(truth: Truth) -> list[Match]:
    """What the matcher says of every row, in the order of the file."""
    index = PeopleIndex([_known(person) for person in truth.register])
    found = []
    for row in truth.rows:
        values = {"name": row.name, "sex": row.sex, "birth_date": row.birth, "birth_year": row.year, "phone": row.phone}
        values = {key: value for key, value in values.items() if value}
        one = match(values, index, dwelling=_door(row), id_index=row.number.encode() or None, place=row.place)
        if one.kind == "known" and one.resident is not None:
            index.note(one.resident, values)
        found.append(one)
    return found


def _known(person: Person) -> Known:
    return Known(
        person.id, "h", _door(person), person.name, person.year, person.number.encode() or None,
        (person.phone,) if person.phone else (), person.status, person.sex or None, person.birth or None,
        (), person.place,
    )  # fmt: skip


def _door(person: Person) -> str | None:
    return "/".join(person.place) if person.place else None


def chinese_job(truth: Truth) -> dict[str, Any]:
    rows = [_columns(row, f"row-{n}") for n, row in enumerate(truth.rows)]
    return {
        "kind": "chinese", "document": "number", "row_prefix": "row-",
        "left": [_columns(person, person.id) for person in truth.register], "right": rows,
        "truth": [(answer, f"row-{n}") for n, answer in enumerate(truth.answers) if answer],
        "blocks": [["number"], ["birth"], ["phone"], ["door"], ["name"], ["pinyin"], ["surname", "building"]],
        "certain": [["number"], ["name", "birth"], ["name", "door"]],
        "train": [["birth"], ["name"], ["door"]],
        "compare": [
            ["name", "jarowinkler"], ["pinyin", "jarowinkler"], ["birth", "damerau_levenshtein"], ["phone", "damerau_levenshtein"],
            ["tail", "exact"], ["door", "exact"], ["building", "exact"], ["room", "damerau_levenshtein"], ["sex", "exact"],
            ["number", "damerau_levenshtein"],
        ],
    }  # fmt: skip


def _columns(person: Person, key: str) -> dict[str, str]:
    building, _, room = person.place or ("", "", "")
    return {
        "id": key, "name": person.name, "surname": person.name[:1], "pinyin": " ".join(lazy_pinyin(person.name)),
        "birth": person.birth, "sex": person.sex, "phone": person.phone, "tail": person.phone[-4:], "door": _door(person) or "",
        "building": building, "room": room, "number": person.number,
    }  # fmt: skip


def of_rows(found: Sequence[str | None], answers: Sequence[str | None]) -> Figures:
    right = sum(one is not None and one == answer for one, answer in zip(found, answers, strict=True))
    return _figures(right, sum(one is not None for one in found), sum(answer is not None for answer in answers))


# ---------------------------------------------------------------- FEBRL


def _febrl(number: str, document: bool) -> dict[str, Figures]:
    records = _records(number)
    if not records:
        return {}
    job = febrl_job(records, document, two=number == "4")
    return {**febrl_ours(records, document, two=number == "4"), **{name: _asked(name, job) for name in LIBRARIES}}


def febrl_ours(records: list[dict[str, str]], document: bool, *, two: bool) -> dict[str, Figures]:
    """FEBRL's columns as ours: the street is the door, the postcode its building, the number the document."""
    people = [febrl_known(record, document) for record in records]
    if not two:
        true = _same(records)
        found = {(min(pair.one, pair.other), max(pair.one, pair.other)) for pair in pairs(people)}
        return {"candidates of the merge desk": _figures(len(true & found), len(found), len(true))}
    index = PeopleIndex([person for person, record in zip(people, records, strict=True) if record["side"] == "0"])
    matches, answers = [], []
    for person, record in zip(people, records, strict=True):
        if record["side"] == "1":
            values = {"name": person.name, "birth_date": person.birth_date, "birth_year": person.birth_year}
            values = {key: value for key, value in values.items() if value}
            matches.append(match(values, index, dwelling=person.dwelling, id_index=person.id_index, place=person.place))
            answers.append(re.sub("dup-0", "org", record["id"]))
    automatic = [each.resident if each.kind == "known" else None for each in matches]
    return {
        "automatic": of_rows(automatic, answers),
        "automatic or best candidate": of_rows([each.resident for each in matches], answers),
        "merge desk, one partner each": of_rows(_partners(people, records), answers),
    }


def _partners(people: list[Known], records: list[dict[str, str]]) -> list[str | None]:
    """For each record of the second file whom the merge desk shows with it first, nobody twice."""
    sides = {record["id"]: record["side"] for record in records}
    taken: dict[str, str] = {}
    for pair in pairs(people, least=PARTNERS):
        one, other = sorted((pair.one, pair.other), key=sides.__getitem__)
        if sides[one] != sides[other] and one not in taken and other not in taken:
            taken |= {one: other, other: one}
    return [taken.get(record["id"]) for record in records if record["side"] == "1"]


def febrl_known(record: dict[str, str], document: bool) -> Known:
    born = record["date_of_birth"]
    date = f"{born[:4]}-{born[4:6]}-{born[6:8]}" if len(born) == 8 else None
    street = f"{record['street_number']} {record['address_1']}".strip()
    place = (record["postcode"], "", street) if street or record["postcode"] else None
    return Known(
        record["id"], "h", "/".join(place) if place else None, f"{record['given_name']} {record['surname']}".strip(),
        int(date[:4]) if date else None, record["soc_sec_id"].encode() or None if document else None,
        birth_date=date, place=place,
    )  # fmt: skip


def febrl_job(records: list[dict[str, str]], document: bool, *, two: bool) -> dict[str, Any]:
    rows = [{key: value for key, value in record.items() if key != "side"} for record in records]
    if not document:
        rows = [{key: value for key, value in row.items() if key != "soc_sec_id"} for row in rows]
    sides = [record["side"] for record in records]
    return {
        "kind": "febrl", "document": "soc_sec_id" if document else "", "row_prefix": "?",
        "left": [row for row, side in zip(rows, sides, strict=True) if side == "0"],
        "right": [row for row, side in zip(rows, sides, strict=True) if side == "1"] if two else None,
        "truth": sorted(_same(records)) if not two else [
            (row["id"].replace("dup-0", "org"), row["id"]) for row, side in zip(rows, sides, strict=True) if side == "1"
        ],
        "blocks": [
            ["date_of_birth"], ["given_name", "surname"], ["given_name", "postcode"], ["surname", "postcode"],
            ["address_1", "street_number"], *([["soc_sec_id"]] if document else []),
        ],
        "certain": [["given_name", "surname", "date_of_birth"], ["address_1", "street_number", "date_of_birth"]],
        "train": [["date_of_birth"], ["given_name", "surname"]],
        "compare": [
            ["given_name", "jarowinkler"], ["surname", "jarowinkler"], ["date_of_birth", "damerau_levenshtein"],
            ["address_1", "damerau_levenshtein"], ["suburb", "jarowinkler"], ["postcode", "damerau_levenshtein"], ["street_number", "exact"],
            *([["soc_sec_id", "damerau_levenshtein"]] if document else []),
        ],
    }  # fmt: skip


def _same(records: list[dict[str, str]]) -> set[tuple[str, str]]:
    people: dict[str, list[str]] = {}
    for record in records:
        people.setdefault(record["id"].split("-")[1], []).append(record["id"])
    return {(min(pair), max(pair)) for ids in people.values() for pair in combinations(ids, 2)}


# ---------------------------------------------------------------- the libraries, figures


def _compare_python() -> str | None:
    there = os.environ.get("LOUTU_COMPARE")
    return str(Path(there) / "bin" / "python") if there else None


def _asked(library: str, job: dict[str, Any]) -> Figures:
    """What a library reaches; empty where it is absent."""
    python = _compare_python()
    if python is None:
        return {}
    done = subprocess.run([python, LINKERS, library], input=json.dumps(job), capture_output=True, text=True, check=True)
    reached: Figures = json.loads(done.stdout.splitlines()[-1])
    return reached


def _records(number: str) -> list[dict[str, str]]:
    python = _compare_python()
    if python is None:
        return []
    done = subprocess.run([python, LINKERS, "febrl", number], capture_output=True, text=True, check=True)
    records: list[dict[str, str]] = json.loads(done.stdout.splitlines()[-1])
    return records


def _figures(right: int, found: int, real: int) -> Figures:
    precision, recall = right / found if found else 1.0, right / real
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


def _mean(figures: list[Figures]) -> Figures:
    total: Counter[str] = Counter()
    for each in figures:
        total.update(each)
    return {key: round(value / len(figures), 4) for key, value in total.items()}


def _shown(figures: Figures) -> str:
    return f"P {figures['precision']:.4f} R {figures['recall']:.4f} F1 {figures['f1']:.4f}" if figures else "absent"
