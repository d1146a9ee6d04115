"""The demo without a window: what a user would do by hand, command by command, into one folder.

Run as `python -m installer.headless [--demo-only] DIR`. It says in Chinese what it did and where.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = ROOT / "resources" / "templates" / "居民名册.xlsx"
INFO = "demo.json"


def loutu(*arguments: str, env: dict[str, str] | None = None) -> Any:
    """One command with --json; its result, or the end of the whole run with its message."""
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "--json", *arguments], cwd=ROOT, env=dict(os.environ) | (env or {}),
        stdout=subprocess.PIPE, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.returncode)
    return json.loads(done.stdout)


def demo(out: Path) -> dict[str, Any]:
    """The demo street, made once: a second run finds it."""
    info = out / INFO
    if info.exists():
        made: dict[str, Any] = json.loads(info.read_text("utf-8"))
        return made
    out.mkdir(parents=True, exist_ok=True)
    made = loutu("demo", str(out / "demo"))
    info.write_text(json.dumps(made, ensure_ascii=False, indent=1), "utf-8")
    residents = sum(each["residents"] for each in made["committees"])
    print(f"演示街道：{len(made['committees'])} 个居委会，{residents} 人 → {out / 'demo'}")
    return made


def work(out: Path) -> None:
    """Each committee's next roster, a search and a filled report."""
    made = demo(out)
    for committee in made["committees"]:
        env = {"LOUTU_DATA": committee["data"], "LOUTU_ACCOUNT": made["account"], "LOUTU_PASSWORD": made["password"]}
        done = loutu("import", "roster", committee["next_roster"], env=env)
        print(f"{committee['name']}：导入 {Path(committee['next_roster']).name}，新增 {done['new']}、更新 {done['changed']}、"
              f"待核 {done['doubtful']}、退回 {done['rejected']}，问题 {len(done['findings'])} 个")  # fmt: skip
        report = out / f"{committee['name']}居民名册.xlsx"
        filled = loutu("report", str(TEMPLATE), "--out", str(report), env=env)
        print(f"  居民名册 {filled['rows']} 行 → {report}")
        checked = loutu("ledger", "verify", env=env)
        print(f"  操作留痕 {checked['entries']} 条，核对{'无误' if checked['ok'] else '有误'}")


def main(arguments: list[str]) -> int:
    out = Path(arguments[-1])
    if "--demo-only" in arguments:
        demo(out)
    else:
        work(out)
        print(f"都在这里：{out}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
