"""Every job without a window: the command line of docs/cli.md, over the same services.

This module parses, reports and returns exit codes; what a command does is in `app.commands`, imported when
one runs, so that `--help` and usage errors load neither SQLAlchemy nor Qt. Longer than most files: it is one list of
commands, and whoever asks what the command line can do reads it once.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NoReturn

from app.domain.findings import UsageError, UserError

OUR_FAULT = 70
WITH_PEOPLE = frozenset({"arrivals", "care", "incidents", "isolation", "moves", "notices", "timeline", "today"})
"""Commands whose rows leave out what is unknown."""


class _Parser(argparse.ArgumentParser):
    """Says usage errors as an exception, so that `--json` can hold them."""

    def error(self, message: str) -> NoReturn:
        raise UsageError("usage", message=message, usage=self.format_usage().strip())


def _count(text: str) -> int:
    """A number of things; argparse says what it raises as a usage error."""
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"“{text}”不是 0 或正整数")
    return int(text)


def _shared() -> _Parser:
    """Options that may stand before or after the command."""
    shared = _Parser(add_help=False, argument_default=argparse.SUPPRESS)
    options = shared.add_argument_group("公共选项")
    options.add_argument("--data", metavar="DIR", help="工作区文件夹（环境变量 LOUTU_DATA）")
    options.add_argument("--account", metavar="NAME", help="账号（环境变量 LOUTU_ACCOUNT）")
    options.add_argument("--password-file", metavar="F", help="存放密码的文件（环境变量 LOUTU_PASSWORD 存密码）")
    options.add_argument("--second", metavar="NAME", help="第二人账号（大批敏感信息导出时需要）")
    options.add_argument("--second-password-file", metavar="F", help="第二人的密码文件")
    options.add_argument("--purpose", metavar="P", help="用途；不写用途时敏感信息以掩码显示")
    options.add_argument("--json", action="store_true", help="只在标准输出给出一个 JSON 文档")
    options.add_argument("--now", metavar="ISO8601", help="演练工作区里假定的时间")
    return shared


@cache
def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    shared = _shared()
    top: argparse.ArgumentParser = _Parser(
        prog="loutu", description="楼图：居委会带图作战的离线居民信息平台", parents=[shared]
    )
    commands = top.add_subparsers(dest="command", metavar="命令", parser_class=_Parser)

    def command(within: Any, name: str, help_: str, run: str, *arguments: tuple[Any, ...]) -> Any:
        made = within.add_parser(name, help=help_, description=help_, parents=[shared])
        for names, options in arguments:
            made.add_argument(*names, **options)
        made.set_defaults(run=run)
        return made

    def group(name: str, help_: str) -> Any:
        made = commands.add_parser(name, help=help_, description=help_, parents=[shared])
        return made.add_subparsers(dest=f"{name}_command", metavar="子命令", required=True, parser_class=_Parser)

    def a(*names: str, **options: Any) -> tuple[Any, ...]:
        return names, options

    command(
        commands,
        "init",
        "新建工作区",
        "workspace.init",
        a("--role", choices=["committee", "centre"], required=True, help="居委会或街道中心"),
        a("--name", required=True, help="名称"),
        a("--code", required=True, help="区划代码"),
        a("--committee-id", help="代码被重新使用时的永久编号"),
        a("--rehearsal", action="store_true", help="演练工作区"),
        a("--root-key", metavar="F", help="街道根密钥文件（街道中心必需；没有就新建）"),
        a("--root-password-file", metavar="F", help="存放根密钥密码的文件"),
    )
    command(
        commands,
        "demo",
        "生成演示街道",
        "workspace.demo",
        a("dir", metavar="DIR"),
        a("--committees", type=int, default=3, help="居委会个数（1–59）"),
        a("--residents", type=int, default=13000, help="居民人数"),
        a("--seed", type=int, default=1, help="随机种子"),
    )
    command(commands, "status", "概况", "workspace.status")
    command(
        commands, "today", "今日要做的事", "today.listing", a("--on", metavar="DATE", help="哪一天（默认今天）"),
        a("--mine", action="store_true", help="只看我的块区"),
    )  # fmt: skip
    imports = group("import", "导入")
    deciding = (
        a("--estate", metavar="NAME", help="没写小区的行用的小区名"),
        a("--dry-run", action="store_true", help="只预览"),
        a("--on-doubt", choices=["queue", "keep", "take"], default="queue", help="拿不准的行：待核、保留原值、认得准是谁的采用新值（其余待核）"),
        a(
            "--unknown-places", choices=["create", "near", "reject"], default="create",
            help="没有登记过的房屋：新建、按最接近的登记、退回",
        ),
    )  # fmt: skip
    command(
        imports, "roster", "导入花名册", "roster.import_roster",
        a("file", metavar="FILE"),
        a("--sheet", help="工作表"),
        a("--table", type=int, metavar="N", help="工作表里的第几张表"),
        a("--all-sheets", action="store_true", help="同样表头的工作表一起读"),
        a("--with-hidden", action="store_true", help="隐藏的行和工作表也读"),
        a("--mapping", metavar="F", help="列对应表（JSON：列名 → 字段）"),
        *deciding,
    )  # fmt: skip
    command(
        imports,
        "chain",
        "导入群接龙（FILE 为 - 时读标准输入）",
        "roster.import_chain",
        a("file", metavar="FILE"),
        *deciding,
    )
    command(imports, "list", "列出历次导入", "roster.import_list")
    _maps_and_paper(command, commands, imports, a)
    _under_the_maps(command, group("ground", "地图下面：底图、背景切片、平面图"), a)
    doubtful = group("doubtful", "待核行")
    command(doubtful, "list", "列出待核行", "decisions.doubtful_list")
    command(
        doubtful,
        "decide",
        "处理待核行",
        "decisions.doubtful_decide",
        a("id", metavar="ID"),
        a("decision", choices=["keep", "take", "new"]),
    )
    conflict = group("conflict", "待核冲突")
    command(conflict, "list", "列出待核冲突", "decisions.conflict_list")
    command(
        conflict,
        "decide",
        "处理待核冲突",
        "decisions.conflict_decide",
        a("id", metavar="ID"),
        a("version", metavar="VERSION"),
    )
    command(
        conflict,
        "decide-all",
        "按一条规则处理能定的待核冲突",
        "decisions.conflict_decide_all",
        a("--keep", choices=["own", "centre", "shown"], required=True, help="采用居委会自己的、街道的、当前显示的"),
        a("--field", metavar="F", default="", help="只处理这一项"),
    )
    duplicate = group("duplicate", "疑似重复的居民")
    command(
        duplicate,
        "list",
        "列出疑似重复的居民",
        "duplicates.duplicate_list",
        a("--least", type=int, default=60, metavar="N", help="相像程度不低于百分之几（默认 60）"),
    )
    command(
        duplicate,
        "merge",
        "合并为一人（可撤销）",
        "duplicates.duplicate_merge",
        a("keep", metavar="KEEP", help="以谁为准：编号或路径"),
        a("other", metavar="OTHER", help="并入的一方"),
        a(
            "--take",
            metavar="FIELD=other",
            action="append",
            help="这一项采用并入一方的值；可写多次，住址写 household=other",
        ),
        a("--one-home", action="store_true", help="两户在同一门牌：合并后两户的人也并为一户"),
    )
    command(
        duplicate,
        "apart",
        "不是同一人，以后不再提示（可撤销）",
        "duplicates.duplicate_apart",
        a("one", metavar="ONE"),
        a("other", metavar="OTHER"),
    )
    command(
        commands, "timeline", "一个人或一户的时间线", "timeline.show",
        a("entity", metavar="ENTITY", choices=["resident", "household"], help="resident 或 household"),
        a("ref", metavar="REF"),
        a("--kind", metavar="KIND", action="append", default=[], help="只看这几类",
          choices=["arrival", "isolation", "visit", "care", "incident", "errand", "paper", "move", "change"]),
    )  # fmt: skip
    command(commands, "undo", "撤销一批改动（再撤销即恢复）", "decisions.undo", a("batch", metavar="BATCH"))
    command(
        commands,
        "find",
        "查找居民",
        "people.find",
        a("query", metavar="QUERY", nargs="+"),
        a("--limit", type=_count, default=20, help="最多几条"),
    )
    command(
        commands,
        "show",
        "查看一条记录",
        "people.show",
        a("entity", metavar="ENTITY"),
        a("ref", metavar="REF"),
        a("--history", action="store_true", help="连同每个值的来历"),
    )
    command(
        commands,
        "add",
        "新增一条记录",
        "people.add",
        a("entity", metavar="ENTITY"),
        a("values", metavar="FIELD=VALUE", nargs="+"),
        a("--source", default="", help="来源"),
        a("--committee", metavar="C", default="", help="街道替哪个居委会登记（任务、来沪、事件等）"),
    )
    command(
        commands,
        "set",
        "修改一条记录",
        "people.set_values",
        a("entity", metavar="ENTITY"),
        a("ref", metavar="REF"),
        a("values", metavar="FIELD=VALUE", nargs="+"),
        a("--source", default="", help="来源"),
    )
    command(
        commands,
        "report",
        "填报表",
        "reports.report",
        a("template", metavar="TEMPLATE.xlsx", nargs="?", default="", help="模板文件，或随附表、学过的报表的名称"),
        a("--form", metavar="NAME", default="", help="学过的报表"),
        a("--out", metavar="F.xlsx"),
        a("--where", metavar="FIELD=VALUE", action="append", default=[], help="也可用 != < <= > >= 含"),
        a("--per", metavar="UNIT", default="", help="每行一个：resident household building estate committee …"),
        a("--sort", metavar="FIELD", action="append", default=[], help="排序字段，-FIELD 为倒序"),
        a("--until", metavar="T", help="统计时点，如 16:00"),
        a("--correction", action="store_true", help="更正报送"),
        a("--preview", action="store_true", help="只看不存"),
        a("--maker", help="填表人"),
    )
    _lists(command, commands, group, a)
    _exchange(command, group, a)
    _sharing(command, commands, group, a)
    _upkeep(command, commands, group, a)
    _incidents(command, group, a)
    _care(command, group, a)
    ledger = group("ledger", "操作留痕")
    command(ledger, "verify", "核对留痕是否完整", "ledgers.verify")
    command(
        ledger,
        "show",
        "查看留痕",
        "ledgers.show",
        a("--entity", metavar="E"),
        a("--id", metavar="I"),
        a("--limit", type=_count),
    )
    command(
        ledger, "rebuild", "由留痕重建数据表", "ledgers.rebuild", a("--check", action="store_true", help="只比较不重建")
    )
    _forms(command, group, a)
    _accounts(command, group, a)
    _arrivals(command, group, a)
    _isolation(command, group, a)
    _papers(command, commands, group, a)
    return top


def _forms(command: Any, group: Any, a: Any) -> None:
    """The superior's forms, learned once."""
    form, name = group("form", "学会上级的报表"), a("name", metavar="NAME")
    command(
        form, "learn", "学一张上级的表", "forms.learn", a("file", metavar="F.xlsx"),
        a("--name", help="起个名字（默认用文件名）"), a("--dry-run", action="store_true", help="只看认出了什么"),
        a("--texts", metavar="F.json", help="各格改填什么（JSON：工作表 → 单元格 → 文字和标记）"),
        a("--per", metavar="SHEET=UNIT", action="append", default=[], help="某个工作表每行是什么"),
        a("--where", metavar="FIELD=VALUE", action="append", default=[], help="人员范围，也可用 != < <= > >= 含"),
        a("--sort", metavar="FIELD", action="append", default=[], help="排序"), a("--until", metavar="HH:MM", help="统计时点"),
        a("--keep-sheet", metavar="SHEET", action="append", default=[], help="有居民信息的隐藏工作表也保留"),
    )  # fmt: skip
    command(form, "list", "学过的报表", "forms.listing")
    command(form, "remove", "删除学过的报表", "forms.remove", name)
    command(form, "export", "把带标记的表存出来", "forms.export", name, a("--out", metavar="F.xlsx", required=True))


def _accounts(command: Any, group: Any, a: Any) -> None:
    """Who may enter, and the way back in."""
    name, secret = a("name", metavar="NAME", help="账号"), a("--new-password-file", metavar="F", required=True)
    scope = (
        a("--committees", metavar="C,…", help="负责的居委会（名称、代码或编号）；写空为全部"),
        a("--buildings", metavar="REF,…", help="包块楼号；写空为没有"),
    )
    account = group("account", "账号")
    command(
        account, "add", "新增账号", "accounts.add", name, secret, *scope,
        a("--roles", metavar="R,…", required=True, help="head,worker,group_head,data,leader,line,administrator,auditor"),
    )  # fmt: skip
    command(account, "remove", "停用账号，并换新钥匙", "accounts.remove", name)
    command(account, "list", "列出账号", "accounts.listing")
    command(account, "set", "改角色和范围", "accounts.set_", name, a("--roles", metavar="R,…"), *scope)
    command(
        account, "admit", "为等候的账号开通敏感信息", "accounts.admit", name,
        a("--refuse", action="store_true", help="不开通"),
    )  # fmt: skip
    command(account, "password", "改自己的密码", "accounts.change_password", secret)
    command(
        account, "recovery-sheet", "印恢复卡（旧卡作废）", "accounts.recovery_sheet",
        a("--out", metavar="F.pdf", required=True),
    )  # fmt: skip
    command(
        account, "recover", "用恢复卡为 --account 设新密码", "accounts.recover",
        a("--code-file", metavar="F", required=True, help="存放恢复码的文件"), secret,
    )  # fmt: skip


def _under_the_maps(command: Any, ground: Any, a: Any) -> None:
    """Base layers come in by `import map`."""
    command(ground, "list", "地图下面有哪些图层", "ground.list_")
    command(ground, "tiles", "加背景切片", "ground.tiles", a("file", metavar="F.mbtiles|F.pmtiles"))
    command(
        ground, "export", "道路、水系、绿地等图层存成一个底图包", "ground.export",
        a("--out", metavar="F.ltmap", required=True),
    )  # fmt: skip
    command(ground, "import", "加一个底图包", "ground.bring_in", a("file", metavar="F.ltmap"))
    command(ground, "remove", "移除一个图层", "ground.remove", a("id", metavar="ID"))


def _maps_and_paper(command: Any, commands: Any, imports: Any, a: Any) -> None:
    """Maps and survey sheets."""
    command(
        imports, "map", "导入地图（GeoJSON、GeoPackage、SHP、KML、DXF）", "map_import.bring_in", a("file", metavar="FILE"),
        a("--layer", required=True, help="居委会范围、小区、楼号、幢，或底图：道路、水系、绿地、楼影、设施",
          choices=["boundary", "estates", "buildings", "blocks", "roads", "water", "green", "footprints", "facilities"]),
        a("--crs", metavar="CRS", default="auto", help="坐标系：auto EPSG:4549 gcj02 bd09 或 +proj=… 参数"),
        a("--sheet-layer", metavar="NAME", help="文件里有几个图层时，导入哪一个"),
        a("--column", metavar="number=COL", action="append", default=[], help="哪一列是 name code estate lane number，可写多次"),
        a("--parts", action="store_true", help="一个图形里的几块分开"),
        a("--new", action="store_true", help="这里没有的小区、楼号按名称新建"),
        a("--estate", metavar="NAME", help="新建的楼号没有写明小区的，归入这个小区"),
        a("--dry-run", action="store_true", help="只看能对上多少，不写入"),
    )  # fmt: skip
    command(
        commands, "map", "画地图", "maps.draw",
        a("level", choices=["street", "group", "committee", "estate", "building"], help="画哪一级"),
        a("ref", metavar="REF", nargs="?", help="哪一个；街道不必写"),
        a("--colour", metavar="KEY", default="residents",
          help="按什么着色：residents returnees overseas isolation elderly-alone party unvisited stale incidents"),
        a("--days", type=int, metavar="N", help="多少天没有核实算过期（stale）"),
        a("--per", choices=["count", "thousand"], default="count", help="按数量，或按每千人"),
        a("--classes", choices=["quantile", "fixed"], default="quantile", help="分级：等量，或按 --steps 的分界"),
        a("--steps", metavar="1,5,10", help="分界，从小到大，最多 4 个"),
        a("--palette", choices=["orange", "blue", "purple"], help="色系"),
        a("--areas", choices=["committee", "group"], default="committee", help="街道图画居委会，或画片区"),
        a("--only", action="store_true", help="只画有的，没有的变淡"),
        a("--on", metavar="DATE", help="回看：画这一天 24:00 的样子"),
        a("--out", metavar="F.html|F.png|F.pdf", required=True),
    )  # fmt: skip
    command(
        commands, "generate", "按层数和编号规则生成一栋楼的房屋；已有的不动", "generate.generate",
        a("building", metavar="BUILDING", help="楼号的编号或路径，如 培花新村/12号"),
        a("--floors", metavar="1-18", required=True, help="层数；B2-18 带两层地下"),
        a("--rooms", metavar="4", required=True, help="每层户数；各层不同从下往上写 2,4,4"),
        a("--skip", metavar="4,13,14", help="编号里跳过的层"),
        a("--units", metavar="N", help="单元数"),
        a("--style", choices=["302", "32", "3B", "counted"], help="三层第二户怎么编号：302 32 3B；counted 从下往上连着编 1 2 3"),
        a("--which", choices=["all", "odd", "even"], help="单双号"),
        a("--shops", metavar="N", help="底层商铺几间"),
        a("--shop-name", metavar="商铺", help="商铺怎么叫：商铺1、商铺2 …"),
        a("--labels", metavar="1=底层,2=夹层", help="楼层名"),
        a("--merged", metavar="301-302", help="打通成一间的房屋"),
        a("--also", metavar="BUILDING", nargs="+", default=[], help="照样生成的其他楼号"),
        a("--dry-run", action="store_true", help="只看结果，不写入"),
    )  # fmt: skip
    command(
        commands, "atlas", "印图册：这一级和下面每一张地图，连同每栋楼的房屋", "atlas.atlas_",
        a("level", choices=["street", "group", "committee", "estate", "building"], help="印哪一级"),
        a("ref", metavar="REF", nargs="?", help="哪一个；街道不必写"),
        a("--colour", metavar="KEY", default="residents", help="按什么着色（同 map）"),
        a("--days", type=int, metavar="N", help="多少天没有核实算过期（stale）"),
        a("--paper", choices=["a4", "a3"], default="a4", help="纸张"),
        a("--no-doors", action="store_true", help="不带每栋楼的房屋"),
        a("--outside", action="store_true", help="给外单位：小于 5 的数字不写，不带房屋"),
        a("--out", metavar="F.pdf", required=True),
    )  # fmt: skip
    command(
        commands, "sheets", "印登记表", "sheets.sheets", a("--estate", metavar="REF", help="整个小区"),
        a("--building", metavar="REF", action="append", default=[], help="一个楼号，可写多次"),
        a("--out", metavar="F.pdf", required=True),
    )  # fmt: skip


def _lists(command: Any, commands: Any, group: Any, a: Any) -> None:
    """Lists that come down, and lists for volunteers."""
    to = a("--to", metavar="WHO", help="交给谁（记入信息共享台账）")
    command(
        commands, "check", "下发名单核查回填", "lists.check", a("file", metavar="NAMES.xlsx"),
        a("--out", metavar="F", required=True), a("--sheet", help="工作表"),
        a("--fields", metavar="F1,F2", help="还要回填哪些字段（默认 phone,address）"),
        a("--column", metavar="TITLE=FIELD", action="append", default=[], help="某一列是什么；等号后空着为不填"),
        a("--add-column", action="store_true", help="没有“核查结果”列时在最右边加一列"),
        a("--only-matched", action="store_true", help="没有对上的人先不填"),
        a("--unmatched", metavar="G.xlsx", help="没有对上的人存为电话、走访清单"),
        a("--maker", metavar="WHO", help="核查人"), to,
    )  # fmt: skip
    lists = group("list", "志愿者名单")
    command(
        lists, "make", "生成给志愿者填的名单", "lists.make", a("--out", metavar="F.xlsx", required=True),
        a("--building", metavar="REF", action="append", default=[], help="一个楼号，可写多次"),
        a("--estate", metavar="REF", help="整个小区"),
        a("--where", metavar="FIELD=VALUE", action="append", default=[]),
        a("--fields", metavar="F1,F2", help="要填哪些字段（默认 phone,status,residence_kind,note）"), to,
    )  # fmt: skip
    command(
        lists, "read", "读回填好的名单", "lists.read", a("file", metavar="F.xlsx"),
        a("--dry-run", action="store_true", help="只看变化"), a("--by", metavar="WHO", help="谁填写的"),
    )  # fmt: skip


def _exchange(command: Any, group: Any, a: Any) -> None:
    """Enrolment and bundles."""
    root = (a("--root-key", metavar="K", required=True), a("--root-password-file", metavar="P", required=True))
    enrol = group("enrol", "与街道登记")
    command(enrol, "request", "生成登记申请", "devices.request", a("--out", metavar="F", required=True))
    command(enrol, "look", "看登记申请的八个词", "devices.look", a("file", metavar="F"))
    command(
        enrol, "approve", "批准登记申请", "devices.approve", a("file", metavar="F"), *root,
        a("--fingerprint", metavar="WORDS", required=True, help="电话里听到的八个词"),
        a("--out", metavar="G", required=True),
    )  # fmt: skip
    command(
        enrol, "accept", "接受街道的答复", "devices.accept", a("file", metavar="G"),
        a("--root-words", metavar="WORDS", required=True, help="电话里听到的街道的八个词"),
    )  # fmt: skip
    command(
        enrol, "revoke", "停用一台设备", "devices.revoke", a("device", metavar="DEVICE"),
        a("--from-seq", type=int, metavar="N", help="从第几条起不再采用（不写：已收到的都算；0：全部作废）"),
        a("--chain", metavar="EPOCH=N", action="append", default=[], help="某一段（恢复前后各一段）从第几条起"), *root,
    )  # fmt: skip
    command(enrol, "list", "登记表里的设备", "devices.listing")
    command(enrol, "renew", "延长登记表的有效期", "devices.renew", *root)
    bundle = group("bundle", "数据包")
    command(
        bundle, "export", "导出数据包", "bundles.export", a("--out", metavar="DIR", required=True),
        a("--to", metavar="COMMITTEE", action="append", default=[]),
        a("--sibling", action="store_true", help="给本居委会的另一台电脑"),
    )  # fmt: skip
    command(bundle, "inspect", "看数据包的说明", "bundles.inspect", a("file", metavar="F"))
    command(bundle, "merge", "合并数据包", "bundles.merge", a("files", metavar="F", nargs="+"))
    move = group("move", "居民在居委会之间迁移")
    command(
        move, "offer", "登记迁出", "moves.offer", a("ref", metavar="RESIDENT"),
        a("--to", metavar="COMMITTEE", required=True, help="迁往的居委会（代码或名称）"),
        a("--together", action="store_true", help="同户在住的人一起迁"),
    )  # fmt: skip
    command(move, "cancel", "撤回迁出", "moves.cancel", a("ref", metavar="RESIDENT"))
    command(
        move, "accept", "接收迁入", "moves.accept", a("ref", metavar="RESIDENT"),
        a("--household", metavar="PATH", required=True, help="落在哪一户"),
        a("--together", action="store_true", help="同时接收一起来的人"),
    )  # fmt: skip
    command(
        move, "refuse", "不接收，退回原居委会", "moves.refuse", a("ref", metavar="RESIDENT"),
        a("--why", metavar="TEXT", required=True, help="原因"),
    )  # fmt: skip
    command(
        move, "leave", "离开本街道", "moves.leave", a("ref", metavar="RESIDENT"),
        a("--status", choices=["迁出", "暂离"], default="迁出"),
        a("--whereabouts", metavar="TEXT", required=True, help="去向"),
        a("--unit", metavar="TEXT", default="", help="接收单位（正在隔离的人必填，下同）"),
        a("--person", metavar="NAME", default="", help="接收人"), a("--phone", metavar="PHONE", default="", help="接收人电话"),
        a("--at", metavar="TIME", default="", help="移交时间"),
        a("--together", action="store_true", help="同户在住的人一起离开"),
    )  # fmt: skip
    command(move, "list", "在办的迁移", "moves.listing")


def _upkeep(command: Any, commands: Any, group: Any, a: Any) -> None:
    """Erasing, backups, restoring."""
    erase = group("erase", "清除到期内容")
    command(
        erase, "propose", "列出应清除的内容", "upkeep.erase_propose",
        a("resident", metavar="RESIDENT", nargs="?", help="本人要求删除时：这个人的全部内容"),
        a("--on", metavar="DATE", help="到这一天为止应清除的（默认今天）"),
    )  # fmt: skip
    command(
        erase, "confirm", "两个人确认清除", "upkeep.erase_confirm", a("ids", metavar="ID", nargs="+"),
    )  # fmt: skip
    command(
        commands, "backup", "备份工作区", "upkeep.backup", a("dir", metavar="DIR"),
        a("--full", action="store_true", help="逐条核对留痕"),
    )  # fmt: skip
    command(
        commands, "restore", "从备份恢复", "upkeep.restore", a("file", metavar="F"),
        a("--into", metavar="DIR", help="恢复到这个文件夹（默认 --data；那里已有的工作区会移开，不会删除）"),
        a("--erasures", metavar="F", action="append", default=[], help="另外的清除清单"),
    )  # fmt: skip


def _sharing(command: Any, commands: Any, group: Any, a: Any) -> None:
    """What was shared, what a head looks through, a resident's own view, extracts."""
    command(
        commands, "shares", "信息共享台账", "sharing.listing", a("--out", metavar="F.xlsx", help="存为一份表，给审计"),
        a("--since", metavar="DATE", help="从哪天起"), a("--until", metavar="DATE", help="到哪天为止"),
    )  # fmt: skip
    command(
        commands, "disclose", "本人查询：一位居民的全部信息", "sharing.disclose", a("resident", metavar="RESIDENT"),
        a("--out", metavar="F.pdf", required=True),
    )  # fmt: skip
    review = group("review", "含敏感信息的导出，待书记过目")
    command(review, "list", "列出待过目的导出", "sharing.review_list")
    command(review, "done", "已阅", "sharing.review_done", a("batch", metavar="BATCH"))
    extract = group("extract", "给条线部门的摘录")
    command(
        extract, "make", "制作摘录（街道中心）", "sharing.extract_make",
        a("--fields", metavar="F1,F2", action="append", required=True, help="哪些字段"),
        a("--committees", metavar="C1,C2", action="append", required=True, help="哪些居委会"),
        a("--until", metavar="DATE", required=True, help="最后一天"),
        a("--for", dest="name", metavar="NAME", required=True, help="交给谁"),
        a("--extract-password-file", metavar="F", required=True, help="摘录的密码"),
        a("--out", metavar="F.ltx", required=True),
    )  # fmt: skip
    command(extract, "show", "看摘录（不需要工作区）", "sharing.extract_show", a("file", metavar="F.ltx"))


def _care(command: Any, group: Any, a: Any) -> None:
    """Care groups, the line office's list beside them, plans and contacts."""
    care, id_ = group("care", "关爱"), a("id", metavar="ID")
    groups = a("--group", metavar="G", action="append", default=[], help="只看这一类，可写多次")
    one = a("--group", metavar="G", help="人群，如 独居；两类都要符合写 独居+高龄")
    command(care, "groups", "按规则分的人群和依据（写明用途时列出敏感人群）", "care.groups", groups)
    command(care, "differences", "系统算出的和标注的不一致", "care.differences")
    command(care, "adopt", "采用系统算出的人群（可撤销）", "care.adopt", groups)
    command(
        care, "compare", "与条线的名单比对", "care.compare", a("file", metavar="FILE"), one,
        a("--sheet", help="工作表"), a("--out", metavar="F.xlsx", help="比对结果存为"),
        a("--hidden", action="store_true", help="包括隐藏的行和工作表"),
        a("--to", metavar="WHO", help="交给谁（记入信息共享台账）"),
    )  # fmt: skip
    command(
        care, "plan", "制定关爱计划：一人一类服务一个", "care.plan", one,
        a("--resident", metavar="REF", action="append", default=[], help="一个人，可写多次"),
        a("--kind", metavar="K", required=True, help="每周电话、每月上门、高温慰问、节日走访，或自己的"),
        a("--every", type=int, metavar="N", help="多少天一次"), a("--mode", metavar="M", help="上门、电话、微信…"),
        a("--start", metavar="DATE"), a("--until", metavar="DATE", help="到哪天为止"),
        a("--worker", metavar="WHO", help="负责人"), a("--note", help="备注"),
    )  # fmt: skip
    mine = a("--mine", action="store_true", help="只看我的块区和由我负责的")
    command(care, "list", "列出关爱计划", "care.listing", a("--ended", action="store_true", help="连同已结束的"), mine)
    command(
        care, "due", "到期的人：一人一行", "care.due", a("--on", metavar="DATE", help="到哪一天（默认今天）"),
        a("--ahead", type=_count, default=0, metavar="N", help="再看以后几天"), mine,
    )  # fmt: skip
    command(
        care, "done", "登记一次联系", "care.done", id_,
        a("--result", default="已完成", help="已完成、未联系上、需跟进"), a("--on", metavar="DATE", help="哪一天（默认今天）"),
        a("--mode", metavar="M", help="上门、电话、微信…"), a("--by", metavar="WHO", help="服务人"), a("--note", help="备注"),
        a("--note-sensitive", help="敏感备注（加密保存）"), a("--follow-up", metavar="DATE", help="跟进日期"),
    )  # fmt: skip
    why = a("--why", required=True, help="原因")
    command(
        care, "pause", "暂停计划", "care.step", id_, why, a("--until", metavar="DATE", help="哪天恢复（默认一个月后）")
    )
    command(care, "resume", "恢复计划", "care.step", id_, a("--why", default="", help="原因"))
    command(care, "end", "结束计划", "care.step", id_, why)
    command(
        care, "prolong", "延长计划", "care.step", id_, a("--until", metavar="DATE", help="到哪天为止（不写为长期）")
    )
    command(care, "show", "一个人：人群、计划、最近联系", "care.show", a("ref", metavar="RESIDENT"))


def _incidents(command: Any, group: Any, a: Any) -> None:
    """Incidents, from the report to the call back."""
    incident, row = group("incident", "事件"), a("id", metavar="ID")
    by, at = (
        a("--by", metavar="WHO", default="", help="谁（默认本账号）"),
        a("--at", metavar="T", help="实际时间，如 14:05"),
    )
    why, committee = (
        a("--why", default="", help="原因"),
        a("--committee", metavar="C", default="", help="街道：哪个居委会"),
    )
    command(
        incident, "add", "记录事件", "incidents.add", a("--kind", metavar="K", default="", help="类别，如 老人跌倒"),
        a("--place", metavar="REF", default="", help="编号、路径或任意地点"), a("--what", metavar="W", default="", help="内容"),
        a("--urgency", default="", help="一般、紧急、特急（默认按类别）"), a("--reporter", metavar="NAME", default=""),
        a("--phone", default="", help="报告人电话"), committee, at, a("--external-source", default="", help="12345、一网统管"),
        a("--external-number", default="", help="外部编号"), a("--external-due", metavar="T", help="外部期限"),
    )  # fmt: skip
    command(
        incident, "step", "登记一步", "incidents.step", row, a("state", metavar="STATE"), at, by, why,
        a("--outcome", default="", help="办理结果"), a("--to", metavar="WHO", default="", help="电话通知了谁"),
    )  # fmt: skip
    command(
        incident,
        "notified",
        "登记已电话通知",
        "incidents.notified",
        row,
        a("--to", metavar="WHO", required=True),
        by,
        at,
    )
    command(
        incident, "list", "列出事件", "incidents.listing", a("--open", action="store_true", help="只列未结的"),
        a("--kind", metavar="K", default=""), a("--state", metavar="STATE", default="", help="只列这个状态"), committee,
    )  # fmt: skip
    command(incident, "show", "看一件事件", "incidents.show", row)
    command(
        incident, "stats", "办理时长", "incidents.stats", a("--since", metavar="DATE"), a("--until", metavar="DATE"), committee,
    )  # fmt: skip
    command(
        incident, "reassign", "改派到另一个居委会（街道）", "incidents.reassign", row,
        a("--to", metavar="COMMITTEE", required=True), why,
    )  # fmt: skip
    command(incident, "reopen", "重新打开误结的事件", "incidents.reopen", row, why)
    command(incident, "escalate", "上报", "incidents.escalate", row, a("--to", metavar="WHO", required=True), by, at)
    command(incident, "join", "并入另一件", "incidents.join", row, a("first", metavar="FIRST"))
    command(incident, "separate", "分开", "incidents.separate", row)
    command(
        incident, "hear", "电话登记（联络码）", "incidents.hear", a("code", metavar="CODE"),
        a("--heard", metavar="TEXT", required=True, help="电话里说了什么"), by, at,
    )  # fmt: skip
    command(
        incident, "photo", "存入照片（JPEG）；不写文件则列出照片", "incidents.photo", row, a("file", metavar="F.jpg", nargs="?", default=""),
        a("--caption", default="", help="说明"), by, at, a("--out", metavar="DIR", default="", help="写明用途时，把照片存到这里"),
    )  # fmt: skip


def _arrivals(command: Any, group: Any, a: Any) -> None:
    """People who come, step by step to the door."""
    arrival, row = group("arrival", "来沪返沪"), a("id", metavar="ID")
    at, by = a("--at", metavar="T", help="什么时候（默认现在）"), a("--by", metavar="WHO", default="", help="谁")
    why = a("--why", metavar="W", default="", help="原因")
    command(
        arrival, "import", "导入来沪返沪名单", "arrivals.import_", a("file", metavar="FILE"), a("--sheet", help="工作表"),
        a("--dry-run", action="store_true", help="只预览"),
    )  # fmt: skip
    command(
        arrival, "list", "列出来沪返沪的人，要留意的在前", "arrivals.listing",
        a("--open", action="store_true", help="只列还没有到家的"), a("--on", metavar="DATE", help="只列这一天到的"),
    )  # fmt: skip
    command(
        arrival, "add", "登记一个人", "arrivals.add", a("values", metavar="FIELD=VALUE", nargs="+"),
        a("--committee", metavar="C", default="", help="街道替哪个居委会登记；不写则在街道等候"),
    )  # fmt: skip
    command(
        arrival, "step", "登记一步", "arrivals.step", row,
        a("step", metavar="STEP", help="picked-up handed-over home missed cancelled waiting，或中文状态"), at, by, why,
        a("--vehicle", metavar="V", default="", help="车辆"), a("--to", metavar="WHO", default="", help="交接给谁"),
    )  # fmt: skip
    command(
        arrival, "match", "对到一户", "arrivals.match", row, a("household", metavar="REF"),
        a("--register", action="store_true", help="名册里没有的人，登记为这一户的居民"),
    )  # fmt: skip
    command(
        arrival, "reassign", "改派（居委会只能请街道改派）", "arrivals.reassign", row,
        a("committee", metavar="C", nargs="?", default="", help="派给谁；不写则退回街道等候"), why,
    )  # fmt: skip
    command(
        arrival,
        "decline",
        "街道不同意改派",
        "arrivals.decline",
        row,
        a("--why", metavar="W", required=True, help="原因"),
    )
    command(
        arrival, "notified", "已电话通知居委会", "arrivals.notified", row,
        a("--to", metavar="WHO", required=True, help="通知了谁"), by, at,
    )  # fmt: skip
    command(
        arrival, "hear", "电话里听到联络码，先登记", "arrivals.hear", a("code", metavar="CODE"),
        a("--heard", metavar="W", default="", help="电话里说了什么"), by, at,
    )  # fmt: skip
    command(arrival, "stubs", "数据包还没有到的电话登记", "arrivals.waiting")


def _papers(command: Any, commands: Any, group: Any, a: Any) -> None:
    """Papers of isolation, the day's sheet, the hand-over list."""
    notice, out = group("notice", "隔离文书"), a("--out", metavar="F.pdf", required=True)
    command(
        notice, "make", "印文书并编号", "notices.make",
        a("kind", metavar="KIND", help="告知书、承诺书、门贴、解除申请名单、解除通知签收单、解除通知、居委通知"),
        a("--case", metavar="ID", action="append", default=[], help="一个个案，可写多次"),
        a("--building", metavar="REF", help="整个楼号"), a("--household", metavar="REF", help="一户"),
        a("--title", metavar="T", help="居委通知的标题"), a("--text", metavar="T", help="居委通知的内容"),
        a("--text-file", metavar="F.txt", help="内容在文件里"), out,
    )  # fmt: skip
    command(notice, "again", "补打，沿用原编号", "notices.again", a("number", metavar="NUMBER"), out)
    command(
        notice, "handed", "登记解除通知送达", "notices.handed", a("ids", metavar="ID", nargs="+", help="个案"),
        a("--number", metavar="N", help="通知编号"), a("--issuer", metavar="WHO", help="开具单位"),
        a("--to", metavar="WHO", help="签收人"), a("--at", metavar="T", help="送达时间（默认现在）"),
    )  # fmt: skip
    command(
        notice, "list", "印过的文书", "notices.listing", a("--case", metavar="ID"), a("--kind", metavar="KIND"),
    )  # fmt: skip
    command(
        notice, "settings", "文书设置", "notices.settings",
        a("values", metavar="FIELD=VALUE", nargs="*", help="heading prefix issuer phone own_notice more …；不写则只看"),
    )  # fmt: skip
    command(
        commands, "day-sheet", "印今日单", "notices.day_sheet", a("--on", metavar="DATE", help="哪一天（默认今天）"),
        a("--worker", metavar="NAME", help="只印一个人的"), out,
    )  # fmt: skip
    command(
        commands, "handover", "印交接清单", "notices.hand_over",
        a("--kind", choices=["shift", "office"], default="shift", help="交班，或人员交接"), out,
    )  # fmt: skip


def _isolation(command: Any, group: Any, a: Any) -> None:
    """Cases from opening to release, their checks, what is done for the people, and the rules."""
    isolation, row = group("isolation", "居家隔离健康观察"), a("id", metavar="ID", help="隔离编号，或居民路径")
    reason, by = a("--reason", metavar="R", default="", help="原因"), a("--by", metavar="WHO", default="", help="谁")
    on = a("--date", metavar="DATE", default="", help="哪一天（默认今天）")
    command(
        isolation, "open", "建立隔离", "isolation.open_", a("--resident", metavar="REF", default="", help="一位居民"),
        a("--household", metavar="REF", default="", help="整户"), a("--rule", metavar="R", required=True, help="7 14 14+7 …"),
        a("--start", metavar="DATE", required=True, help="从哪一天起算"),
        a("--arrival", metavar="ID", default="", help="对应的来沪返沪登记"),
        a("--alone", action="store_true", help="规则要求同住人员隔离时，也只为本人建立"),
        a("--officer", metavar="FIELD=VALUE", action="append", default=[], help="责任人，如 officer_name=李梅"),
        a("--source", default="", help="来源"),
    )  # fmt: skip
    command(
        isolation, "check", "登记健康观察", "isolation.check", row, on,
        a("--slot", choices=["am", "pm"], required=True, help="上午或下午"),
        a("--mode", metavar="M", default="", help="上门 电话 微信 门磁"), by,
        a("--temperature", metavar="X", default="", help="体温"), a("--symptoms", metavar="S", default="", help="症状；没有写“无”"),
        a("--not-reached", action="store_true", help="没有联系上，仍待观察"), a("--sampled", action="store_true", help="已采样"),
    )  # fmt: skip
    command(
        isolation, "result", "登记检测结果", "isolation.result", row, on, by,
        a("--test", choices=["negative", "positive", "awaited"], required=True, help="阴性、阳性、已采样待出"),
    )  # fmt: skip
    command(
        isolation, "close", "解除", "isolation.close", row, a("--reason", metavar="R", required=True, help="原因"), on,
        a("--approved-by", metavar="WHO", default="", help="批准人（提前解除时；书记和数据组不写就是本人）"),
    )  # fmt: skip
    command(
        isolation, "transfer", "转集中、转院、转出", "isolation.transfer", row,
        a("--to", choices=["转集中", "转院", "转出"], required=True, help="去向"),
        a("--unit", metavar="U", default="", help="接收单位"), a("--receiver", metavar="WHO", default="", help="接收人"),
        a("--phone", metavar="N", default="", help="接收人电话"), a("--at", metavar="T", default="", help="移交时间"), reason,
    )  # fmt: skip
    command(isolation, "step", "改状态（在管、待结果 …）", "isolation.step", row, a("state", metavar="STATE"))
    command(isolation, "reopen", "误解除，重新在管", "isolation.reopen", row, a("--why", required=True, help="原因"))
    command(isolation, "escalate", "漏查已上报", "isolation.escalate", row, a("--to", metavar="WHO", required=True), by)
    command(isolation, "handled", "异常已处置", "isolation.handled", row, a("--note", default="", help="怎样处置"))
    command(
        isolation, "breach", "违反隔离，记为事件", "isolation.breach", row, a("--what", required=True, help="什么情况")
    )
    command(
        isolation, "list", "列出隔离人员", "isolation.listing", a("--on", metavar="DATE", default="", help="那一天的情形"),
        a("--state", default="", help="只列这个状态"), a("--ended", action="store_true", help="连同已结束的"),
        a("--mine", action="store_true", help="只列我负责的"),
    )  # fmt: skip
    command(
        isolation, "show", "看一位的隔离", "isolation.show", row,
        a("--reveal", action="store_true", help="显示体温、症状、结果（留痕）"),
    )  # fmt: skip
    rules = group("rules", "隔离规则")
    command(rules, "list", "列出规则", "isolation.rules_list")
    command(
        rules, "add", "新增规则（街道的传给各居委会，居委会自己的优先）", "isolation.rules_add", a("code", metavar="CODE"),
        a("--steps", metavar="S", required=True, help="如 集中隔离7@5+居家隔离7（@ 后为检测日）"),
        a("--count-from", metavar="C", default="start-day", help="start-day arrival-day next-day last-contact sampling"),
        a("--release-at", metavar="R", default="24:00", help="24:00 next-day after-result"),
        a("--from", dest="since", metavar="DATE", default="", help="施行日期"),
        a("--until", metavar="DATE", default="", help="停止日期"),
        a("--co-residents", action="store_true", help="同住人员一并隔离"),
        a("--own-notice", action="store_true", help="居委会可出具解除通知"), a("--note", default="", help="依据"),
    )  # fmt: skip
    command(
        rules,
        "end",
        "规则到哪天为止",
        "isolation.rules_end",
        a("id", metavar="ID"),
        a("--until", metavar="DATE", required=True),
    )
    errand, task = group("errand", "代办"), a("id", metavar="ID")
    command(
        errand, "add", "记下代办", "isolation.errand_add", a("--household", metavar="REF", default="", help="哪一户"),
        a("--kind", metavar="K", required=True, help="买菜购物 收运垃圾 配药送药 代取快递 其他代办"),
        a("--what", metavar="W", default="", help="内容"), a("--due", metavar="DATE", default="", help="期限"),
        a("--case", metavar="ID", default="", help="哪条隔离"),
    )  # fmt: skip
    command(errand, "done", "代办办结", "isolation.errand_done", task, by)
    command(errand, "cancel", "取消代办", "isolation.errand_cancel", task, a("--why", required=True, help="原因"))
    command(errand, "list", "列出代办", "isolation.errand_list", a("--all", action="store_true", help="连同办结的"))


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code of docs/cli.md."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    _speak_utf8()
    as_json = "--json" in arguments
    try:
        chosen = parser().parse_args(arguments)
        if chosen.command is None:
            return _window(chosen)
        return _run(chosen, as_json)
    except UserError as error:
        _say_error(error, as_json)
        return error.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        _say_error(UserError("cancelled"), as_json)
        return 1
    except Exception as fault:
        _say_fault(fault, as_json)
        return OUR_FAULT


def _run(chosen: argparse.Namespace, as_json: bool) -> int:
    from importlib import import_module

    module, _, function = chosen.run.partition(".")
    act: Callable[[argparse.Namespace], tuple[Any, str, int]] = getattr(
        import_module(f"app.commands.{module}"), function
    )
    result, said, code = act(chosen)
    if as_json:
        if module in WITH_PEOPLE:
            from app.commands.rows import known

            result = known(result)
        print(json.dumps(result, ensure_ascii=False, indent=1))
    elif said:
        print(said)
    return code


def _window(chosen: argparse.Namespace) -> int:
    from app.domain import clock
    from app.main import run

    given = getattr(chosen, "now", None)
    try:
        practice = clock.starting(given) if given else clock.now
    except ValueError:
        raise UsageError("now-invalid", value=given) from None
    return run(getattr(chosen, "data", None) or os.environ.get("LOUTU_DATA"), practice)


def _speak_utf8() -> None:
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def _say_error(error: UserError, as_json: bool) -> None:
    from app.words import say

    details = {key: value for key, value in error.details.items() if _is_plain(value)}
    message = say(error.code, **{key: _joined(value) for key, value in error.details.items()})
    if details.get("row") == "":  # of a value on the command line, which stands in no row
        message = message.removeprefix("第  行：")
    if as_json:
        print(json.dumps({"error": {"code": error.code, "message": message, **details}}, ensure_ascii=False))
    print(message, file=sys.stderr)


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float | bool | list | dict) or value is None


def _joined(value: Any) -> Any:
    return "、".join(map(str, value)) if isinstance(value, list | tuple) else value


def _say_fault(fault: Exception, as_json: bool) -> None:
    """A bug: one sentence on the screen, the rest in the log."""
    from app import faults
    from app.words import say

    log = faults.note(fault)
    message = say("our-fault", log=str(log))
    if as_json:
        print(json.dumps({"error": {"code": "our-fault", "message": message}}, ensure_ascii=False))
    print(message, file=sys.stderr)
    if os.environ.get("LOUTU_DEBUG"):
        raise fault


if __name__ == "__main__":
    sys.exit(main())
