"""The demo without a window: what a user would do by hand, command by command, into one folder.

Run as `python -m installer.headless DIR`. It says in Chinese what it did and where.
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
    """Rosters in and edits at the committees, reports, bundles to the centre and receipts back; done once."""
    made = demo(out)
    if made.get("worked"):
        print(f"街道已汇总过（{made['centre']}），直接使用。")
        return
    for committee in made["committees"]:
        _at_committee(out, made, committee)
    _at_centre(out, made)
    (out / INFO).write_text(json.dumps({**made, "worked": True}, ensure_ascii=False, indent=1), "utf-8")


def _env(made: dict[str, Any], data: str) -> dict[str, str]:
    return {"LOUTU_DATA": data, "LOUTU_ACCOUNT": made["account"], "LOUTU_PASSWORD": made["password"]}


def _at_committee(out: Path, made: dict[str, Any], committee: dict[str, Any]) -> None:
    """The next roster, an edit, a filled report, and a bundle for the centre."""
    env = _env(made, committee["data"])
    done = loutu("import", "roster", committee["next_roster"], env=env)
    print(f"{committee['name']}：导入 {Path(committee['next_roster']).name}，新增 {done['new']}、更新 {done['changed']}、"
          f"待核 {done['doubtful']}、退回 {done['rejected']}，问题 {len(done['findings'])} 个")  # fmt: skip
    someone = loutu("find", "王", "--limit", "1", env=env)[0]
    loutu("set", "resident", someone["id"], "occupation=教师", "--source", "电话核实", env=env)
    report = out / f"{committee['name']}居民名册.xlsx"
    filled = loutu("report", str(TEMPLATE), "--out", str(report), env=env)
    print(f"  居民名册 {filled['rows']} 行 → {report}")
    checked = loutu("ledger", "verify", env=env)
    print(f"  操作留痕 {checked['entries']} 条，核对{'无误' if checked['ok'] else '有误'}")


def _at_centre(out: Path, made: dict[str, Any]) -> None:
    """Every committee's bundle merged, and the receipts brought back."""
    up, down = out / "数据包" / "报送", out / "数据包" / "回执"
    for folder in (up, down):
        folder.mkdir(parents=True, exist_ok=True)
    centre = _env(made, made["centre"])
    for committee in made["committees"]:
        loutu("bundle", "export", "--out", str(up), env=_env(made, committee["data"]))
    files = sorted(up.glob("*.ltb"))
    merged = loutu("bundle", "merge", *map(str, files), env=centre)["files"]
    print(f"街道：合并 {len(files)} 份数据包，新收 {sum(each['applied'] for each in merged)} 条")
    back = loutu("bundle", "export", "--out", str(down), env=centre)["bundles"]
    for committee in made["committees"]:
        mine = [each["file"] for each in back if each["to"] == committee["name"]]
        loutu("bundle", "merge", *mine, env=_env(made, committee["data"]))
    told = loutu("status", env=_env(made, made["committees"][0]["data"]))
    print(f"  回执已带回，{made['committees'][0]['name']}：街道已收到 {told['last_receipt']} 前的数据")
    figures = loutu("status", env=centre)
    print(
        f"  街道现有 {len(figures['committees'])} 个居委会、实有人口 {figures['residents']} 人，数据截至 {figures['data_until']}"
    )


def main(arguments: list[str]) -> int:
    out = Path(arguments[-1])
    work(out)
    print(f"都在这里：{out}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
