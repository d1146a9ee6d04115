"""The demo without a window: what a user would do by hand, command by command, into one folder.

Run as `python -m installer.headless DIR`. It says in Chinese what it did and where. Paths in demo.json are relative to
DIR, so that the folder may be moved.
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
READY = ("居家隔离日报", "来沪返沪台账", "独居老人台账")
"""Forms that come with the program."""
INFO = "demo.json"
Made = dict[str, Any]


def loutu(*arguments: str, env: dict[str, str] | None = None) -> Any:
    """One command with --json; its result, or the end of the whole run with its message."""
    done = subprocess.run(
        [sys.executable, "-m", "app.cli", "--json", *arguments], cwd=ROOT, env=dict(os.environ) | (env or {}),
        stdout=subprocess.PIPE, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.returncode)
    return json.loads(done.stdout)


def demo(out: Path) -> Made:
    """The demo street, made once: a second run finds it."""
    info = out / INFO
    if info.exists():
        found: Made = json.loads(info.read_text("utf-8"))
        return found
    out.mkdir(parents=True, exist_ok=True)
    made: Made = relative(loutu("demo", str(out / "demo")), out)
    keep(out, made)
    residents = sum(each["residents"] for each in made["committees"])
    print(f"演示街道：{len(made['committees'])} 个居委会，{residents} 人 → {out / 'demo'}")
    return made


def keep(out: Path, made: Made) -> None:
    (out / INFO).write_text(json.dumps(made, ensure_ascii=False, indent=1), "utf-8")


def relative(value: Any, out: Path) -> Any:
    """The same with every path below `out` named from there."""
    if isinstance(value, dict):
        return {key: relative(each, out) for key, each in value.items()}
    if isinstance(value, list):
        return [relative(each, out) for each in value]
    if isinstance(value, str) and value.startswith(str(out)):
        return Path(value).relative_to(out).as_posix()
    return value


def work(out: Path) -> None:
    """Rosters in and edits, reports and sheets, bundles to the centre, maps, receipts back; done once."""
    made = demo(out)
    if made.get("worked"):
        print(f"街道已汇总过（{out / made['centre']}），直接使用。")
        return
    for committee in made["committees"]:
        _at_committee(out, made, committee)
    _at_centre(out, made)
    _between(out, made)
    keep(out, {**made, "worked": True})


def _env(out: Path, made: Made, data: str) -> dict[str, str]:
    return {"LOUTU_DATA": str(out / data), "LOUTU_ACCOUNT": made["account"], "LOUTU_PASSWORD": made["password"]}


def _at(made: Made, time: str) -> tuple[str, str]:
    """The demo's own day at a time: practice workspaces may be told what time it is."""
    return "--now", f"{made['now'][:10]}T{time}"


def _at_committee(out: Path, made: Made, committee: Made) -> None:
    """The next roster, what came down and is answered, an edit, filled reports, the sheets of one building."""
    env, name = _env(out, made, committee["data"]), committee["name"]
    roster = out / committee["next_roster"]
    done = loutu("import", "roster", str(roster), *_at(made, "10:00"), env=env)
    print(f"{name}：导入 {roster.name}，新增 {done['new']}、更新 {done['changed']}、待核 {done['doubtful']}、"
          f"退回 {done['rejected']}，问题 {len(done['findings'])} 个")  # fmt: skip
    _answered(out, made, committee)
    someone = loutu("find", "王", "--limit", "1", env=env)[0]
    edit = ("set", "resident", someone["id"], "occupation=教师", "--source", "电话核实")
    loutu(*edit, *_at(made, "10:30"), env=env)
    report = out / f"{name}居民名册.xlsx"
    filled = loutu("report", str(TEMPLATE), "--out", str(report), *_at(made, "11:00"), env=env)
    print(f"  居民名册 {filled['rows']} 行 → {report}")
    _reported(out, made, committee)
    sheets = out / f"{name}登记表.pdf"
    door = "/".join(filter(None, (someone["estate"], someone["lane"], someone["building"])))
    printed = loutu("sheets", "--building", door, "--out", str(sheets), *_at(made, "13:00"), env=env)
    print(f"  登记表 {printed['households']} 户 {printed['pages']} 页 → {sheets}")
    volunteers = out / f"{name}志愿者名单.xlsx"
    listed = loutu("list", "make", "--building", door, "--out", str(volunteers), *_at(made, "13:30"), env=env)
    print(f"  志愿者名单 {listed['rows']} 人（{door}）→ {volunteers}")
    _looked_after(out, made, committee)
    checked = loutu("ledger", "verify", env=env)
    print(f"  操作留痕 {checked['entries']} 条，核对{'无误' if checked['ok'] else '有误'}")


def _looked_after(out: Path, made: Made, committee: Made) -> None:
    """What is due today, the papers of those who isolate, the day's sheet and the hand-over list."""
    env, name = _env(out, made, committee["data"]), committee["name"]
    due = loutu("today", *_at(made, "13:40"), env=env)["items"]
    print(f"  今日待办 {len(due)} 件，逾期 {sum(each['overdue'] for each in due)} 件")
    cases = loutu("isolation", "list", *_at(made, "13:40"), env=env)
    chosen = [each for case in cases[:10] for each in ("--case", case["id"])]
    told, day, over = (out / f"{name}{what}.pdf" for what in ("告知书", "今日单", "交接清单"))
    made_ = loutu("notice", "make", "告知书", *chosen, "--out", str(told), *_at(made, "13:45"), env=env)
    print(f"  在管 {len(cases)} 人，告知书 {made_['pages']} 页 → {told}")
    loutu("day-sheet", "--out", str(day), *_at(made, "13:50"), env=env)
    loutu("handover", "--out", str(over), *_at(made, "17:30"), env=env)
    print(f"  今日单、交接清单 → {day}、{over}")


def _answered(out: Path, made: Made, committee: Made) -> None:
    """The superior's list of names is given back filled; the chain from the group chat is taken in."""
    env, name = _env(out, made, committee["data"]), committee["name"]
    back, calls = out / f"{name}下发名单（已回填）.xlsx", out / f"{name}电话走访清单.xlsx"
    arguments = (str(out / committee["names_list"]), "--out", str(back), "--unmatched", str(calls))
    checked = loutu("check", *arguments, "--to", "街道", *_at(made, "10:10"), env=env)
    print(f"  下发名单 {checked['rows']} 人，对上 {checked['matched']} 人，回填 {checked['cells']} 格 → {back}")
    print(f"  没有对上 {len(checked['unmatched'])} 人，电话走访清单 → {calls}")
    chain = out / committee["chain"]
    told = loutu("import", "chain", str(chain), *_at(made, "10:20"), env=env)
    print(
        f"  导入接龙 {chain.name}，新增 {told['new']}、更新 {told['changed']}、待核 {told['doubtful']}、退回 {told['rejected']}"
    )


def _reported(out: Path, made: Made, committee: Made) -> None:
    """A form that was never seen is learned and filled; then the three that come with the program."""
    env, name = _env(out, made, committee["data"]), committee["name"]
    learned = loutu("form", "learn", str(out / committee["form"]), *_at(made, "11:10"), env=env)
    print(f"  学会{learned['name']}，{len(learned['marks'])} 种要填的内容")
    for number, each in enumerate((learned["name"], *READY)):
        filled_in = out / f"{name}{each}.xlsx"
        done = loutu("report", each, "--out", str(filled_in), *_at(made, f"11:{20 + number}"), env=env)
        print(f"  {each} {done['rows']} 行 → {filled_in}")


def _at_centre(out: Path, made: Made) -> None:
    """Every committee's bundle merged, the maps drawn, and the receipts brought back."""
    up, down = out / "数据包" / "报送", out / "数据包" / "回执"
    for folder in (up, down):
        folder.mkdir(parents=True, exist_ok=True)
    centre = _env(out, made, made["centre"])
    for committee in made["committees"]:
        loutu("bundle", "export", "--out", str(up), *_at(made, "15:00"), env=_env(out, made, committee["data"]))
    files = sorted(up.glob("*.ltb"))
    merged = loutu("bundle", "merge", *map(str, files), *_at(made, "15:30"), env=centre)["files"]
    print(f"街道：合并 {len(files)} 份数据包，新收 {sum(each['applied'] for each in merged)} 条")
    _maps(out, made, centre)
    first = made["committees"][0]["code"]
    task = ("what=核对空挂户名单", "due=2020-06-01", "state=待办")
    loutu("add", "task", *task, "--committee", first, *_at(made, "15:40"), env=centre)
    told = ("--kind", "求助", "--what", "独居老人报修水管", "--place", "小区南门", "--committee", first)
    code = loutu("incident", "add", *told, *_at(made, "15:41"), env=centre)["contact_code"]
    print(f"  街道派事件给{made['committees'][0]['name']}，电话联络码 {code}")
    back = loutu("bundle", "export", "--out", str(down), *_at(made, "15:45"), env=centre)["bundles"]
    for committee in made["committees"]:
        mine = [each["file"] for each in back if each["to"] == committee["name"]]
        loutu("bundle", "merge", *mine, *_at(made, "15:50"), env=_env(out, made, committee["data"]))
    told = loutu("status", env=_env(out, made, made["committees"][0]["data"]))
    print(f"  回执已带回，{made['committees'][0]['name']}：街道已收到 {told['last_receipt']} 前的数据")
    figures = loutu("status", env=centre)
    print(f"  街道现有 {len(figures['committees'])} 个居委会、实有人口 {figures['residents']} 人，"
          f"数据截至 {figures['data_until']}")  # fmt: skip


def _between(out: Path, made: Made) -> None:
    """Somebody moves from the first committee to the second by way of the centre; a backup; what was shared."""
    first, second = made["committees"][0], made["committees"][-1]
    at, there, centre = (_env(out, made, data) for data in (first["data"], second["data"], made["centre"]))
    if first is not second:
        someone = loutu("find", "李", "--limit", "1", env=at)[0]
        loutu("move", "offer", someone["id"], "--to", second["code"], *_at(made, "16:10"), env=at)
        _carried(out, made, at, centre, "16:15")
        _carried(out, made, centre, there, "16:20")
        (waiting,) = (row for row in loutu("move", "list", env=there) if row["state"] == "arrived")
        door = loutu("find", "王", "--limit", "1", env=there)[0]["id"]
        home = loutu("show", "resident", door, env=there)["household"]
        loutu("move", "accept", waiting["id"], "--household", home, *_at(made, "16:30"), env=there)
        _carried(out, made, there, centre, "16:35")
        _carried(out, made, centre, at, "16:40")
        print(f"迁移：{waiting['name']}从{first['name']}迁到{second['name']}，原居委会已销户")
    kept = loutu("backup", str(out), *_at(made, "17:00"), env=at)
    print(f"备份：{first['name']}，已核对 → {kept['file']}")
    ledger = out / f"{first['name']}信息共享台账.xlsx"
    loutu("shares", "--out", str(ledger), *_at(made, "17:05"), env=at)
    print(f"信息共享台账 → {ledger}")


def _carried(out: Path, made: Made, one: dict[str, str], other: dict[str, str], time: str) -> None:
    """What one has for the other, on a stick and in."""
    stick = out / "数据包" / time.replace(":", "")
    stick.mkdir(parents=True, exist_ok=True)
    loutu("bundle", "export", "--out", str(stick), *_at(made, time), env=one)
    for file in sorted(stick.glob("*.ltb")):
        done = subprocess.run(
            [sys.executable, "-m", "app.cli", "--json", "bundle", "merge", str(file), *_at(made, time)], cwd=ROOT,
            env=dict(os.environ) | other, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False,
        )  # fmt: skip
        said = json.loads(done.stdout)["files"][0]["error"]
        if said and said["code"] != "bundle-not-for-me":
            raise SystemExit(done.returncode)


def _maps(out: Path, made: Made, centre: dict[str, str]) -> None:
    """Street, estate and building, each as a page, a picture and paper."""
    someone = loutu("find", "王", "--limit", "1", env=centre)[0]
    building = "/".join(filter(None, (someone["estate"], someone["lane"], someone["building"])))
    for level, ref, colour in (
        ("street", "", "isolation"), ("estate", someone["estate"], "unvisited"), ("building", building, "residents"),
    ):  # fmt: skip
        for suffix in ("html", "png", "pdf"):
            file = out / f"地图-{ref.replace('/', ' ') or '街道'}.{suffix}"
            arguments = ("map", level, *([ref] if ref else []), "--colour", colour, "--out", str(file))
            loutu(*arguments, *_at(made, "16:00"), env=centre)
        print(f"  地图 → {file.with_suffix('.html')}（另有 .png、.pdf）")
    file = out / f"图册-{someone['estate']}.pdf"
    done = loutu(
        "atlas",
        "estate",
        someone["estate"],
        "--colour",
        "isolation",
        "--out",
        str(file),
        *_at(made, "16:00"),
        env=centre,
    )
    print(f"  图册 → {file}（{done['pages']} 页）")


def main(arguments: list[str]) -> int:
    out = Path(arguments[-1]).absolute()
    work(out)
    print(f"都在这里：{out}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
