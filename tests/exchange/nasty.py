"""All nasty workbooks, one nasty thing each: `python -m tests.exchange.nasty DIR` writes them and a list.

What must come of each stands beside the function that writes it: nasty_sheets.py (layouts), nasty_values.py (what
stands in cells), nasty_files.py (kinds of files, and what is refused). test_nasty.py reads them all.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from tests.exchange import nasty_files, nasty_sheets, nasty_values
from tests.exchange.nasty_case import CASES, Nasty

__all__ = ["CASES", "Nasty", "nasty_files", "nasty_sheets", "nasty_values", "write_all"]


def write_all(folder: Path, cases: Iterable[Nasty] = CASES) -> list[Path]:
    """Write the files of `cases` into a folder, and what must come of each into `expected.txt`."""
    folder.mkdir(parents=True, exist_ok=True)
    for case in cases:
        case.write(folder / case.file)
    lines = (f"{case.file}\t{case.refused or f'{len(case.rows)} rows'}\t{' '.join(case.findings)}" for case in cases)
    (folder / "expected.txt").write_text("\n".join(lines) + "\n", "utf-8")
    return [folder / case.file for case in cases]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="write the nasty workbooks")
    parser.add_argument("folder", type=Path)
    write_all(parser.parse_args().folder)
