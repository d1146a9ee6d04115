"""The field catalogue: each field of each entity, ONCE.

Forms, tables, import mapping, sheets, reports, masks and bundles are derived from it. It is one long
table on purpose: whoever asks "what do we hold, at which level, for how long" reads one file.
Shapes and words: domain.md; levels: access.md; retention classes: ledger-and-bundles.md §1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from enum import StrEnum

FORMAT = 1
"""The catalogue's version, written into every entry; older formats have upcasters (db/upcasters.py)."""


class Type(StrEnum):
    """What kind of value a field holds; `domain.values` parses and prints by it."""

    TEXT = "text"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    DATE = "date"
    YEAR = "year"
    NAME = "name"
    PHONE = "phone"
    ID_NUMBER = "id_number"
    CHOICE = "choice"
    CHOICES = "choices"  # a list of words
    RECORDS = "records"  # a list of small records (`parts` says of what)
    REFERENCE = "reference"
    JSON = "json"  # geometry and other structures no person types


CORE = "core"
"""`deleted`, references, undo and move states belong to no retention class: they are never erased."""

RETENTION_CLASSES = (
    "base", "identity", "arrival", "isolation", "health", "care", "incident", "trace",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """One field.

    key: for ever; never renamed or re-used, only retired. title: what the screen says.
    aliases: other titles rosters use. level: 1, 2 or 3 (3 = sealed under the ring).
    retention: its one class, or CORE. group: fields of one group share one version.
    part_of: (list field, part) where this is the first entry's part of a list, e.g. phone of phones.
    """

    key: str
    title: str
    type: Type = Type.TEXT
    level: int = 2
    retention: str = "base"
    aliases: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    refers_to: str = ""
    group: str = ""
    parts: tuple[Field, ...] = ()
    part_of: tuple[str, str] | None = None
    in_form: bool = True

    @property
    def sealed(self) -> bool:
        return self.level >= 3 and self.part_of is None

    @property
    def stored(self) -> bool:
        """False for a view on a list field (phone, id_number): those live inside the list."""
        return self.part_of is None


@dataclass(frozen=True, slots=True)
class Entity:
    """One kind of row. `place` rows get ids from their path, the others uuid7."""

    key: str
    title: str
    fields: tuple[Field, ...]
    place: bool = False
    by_key: dict[str, Field] = dataclass_field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_key", {field.key: field for field in self.fields})

    def __getitem__(self, key: str) -> Field:
        return self.by_key[key]

    def __contains__(self, key: str) -> bool:
        return key in self.by_key

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)

    @property
    def stored(self) -> tuple[Field, ...]:
        return tuple(field for field in self.fields if field.stored)


# ---------------------------------------------------------------- words a field may hold

SEXES = ("男", "女")
ESTATE_KINDS = ("动迁", "售后公房", "商品房", "别墅", "里弄", "宅基")
DWELLING_USES = ("住宅", "商铺", "办公", "集体宿舍", "车库")
DWELLING_STATES = ("自住", "出租", "空置", "未知")
HOUSEHOLD_KINDS = ("家庭户", "合租", "集体户", "商户")
RESIDENCE_KINDS = ("实住", "户籍", "产权", "承租", "工作")
STATUSES = (
    "在住", "暂离", "迁出", "去世", "参军", "服刑羁押", "住养老院", "住院", "出国", "失联", "待核",
)  # fmt: skip
LIVING_HERE = ("在住", "暂离")
GONE = ("去世", "迁出")
"""A roster row that matches someone in one of these is put aside, never a new person."""
PERSON_CLASSES = ("户籍居民", "外省市来沪", "港澳台", "外籍")
RELATIONS = (
    "户主", "配偶", "子", "女", "父", "母", "孙辈", "儿媳", "女婿", "承租人", "合租人", "保姆", "员工", "其他",
)  # fmt: skip
DOCUMENT_TYPES = (
    "身份证", "护照", "港澳通行证", "台胞证", "港澳台居住证", "外国人永居证", "出生证明", "无",
)  # fmt: skip
PHONE_KINDS = ("手机", "固话", "境外")
CARE_GROUPS = ("独居", "孤老", "纯老家庭", "高龄", "日间独居", "残疾")
CARE_GROUPS_SENSITIVE = (
    "孕产妇", "低保", "透析", "精神障碍", "社区矫正", "失独", "重病", "婴幼儿",
)  # fmt: skip
VISIT_MODES = ("上门", "电话", "微信", "楼组长代报", "邻居或物业反映", "门卫")
VISIT_RESULTS = ("登记", "无人", "拒访", "电话不通", "非本户", "已搬离", "空置")
MEASURES = ("集中隔离", "居家隔离", "居家健康监测", "社区健康管理")
ISOLATION_STATES = (
    "待接", "在管", "待结果", "期满待解除", "已解除", "转集中", "转院", "转出",
)  # fmt: skip
CHECK_SLOTS = ("am", "pm")
CHECK_MODES = ("上门", "电话", "微信", "门磁")
ARRIVAL_STATES = ("待接", "已接", "已交接", "已到家", "未到", "已改派", "已取消")
TASK_STATES = ("待办", "进行中", "已完成", "已取消")
ERRANDS = ("买菜购物", "收运垃圾", "配药送药", "代取快递", "其他代办")
"""What a task asks for that is done for people who may not leave the house."""
INCIDENT_STATES = ("已接报", "已通知", "处置中", "已到场", "已办结", "已回访", "已改派", "已撤销")
URGENCIES = ("一般", "紧急", "特急")
PLAN_STATES = ("执行中", "已暂停", "已结束")
CARE_RESULTS = ("已完成", "未联系上", "需跟进")
NOTICE_KINDS = ("告知书", "承诺书", "门贴", "解除申请名单", "解除通知签收单", "解除通知", "居委通知")
"""Papers of isolation: what is told, promised, put on the door, asked for and handed over (domain.md)."""


def _ref(key: str, title: str, to: str, *, group: str = "", in_form: bool = False) -> Field:
    return Field(key, title, Type.REFERENCE, retention=CORE, refers_to=to, group=group, in_form=in_form)


# ---------------------------------------------------------------- the street and its places

COMMITTEE = Entity("committee", "居委会", (
    Field("name", "名称", aliases=("居委会", "居民区", "居委", "社区")),
    Field("code", "区划代码"),
    _ref("group", "片区", "group"),
    Field("since", "启用日期", Type.DATE),
    Field("until", "停用日期", Type.DATE),
    _ref("merged_into", "并入", "committee"),
    Field("geometry", "范围", Type.JSON, in_form=False),
))  # fmt: skip

GROUP = Entity("group", "片区", (Field("name", "名称", aliases=("片区", "分社区")),))

ESTATE = Entity("estate", "小区", (
    Field("name", "小区", retention=CORE, aliases=("小区名称", "小区名", "楼盘", "社区名称", "苑", "新村")),
    Field("kind", "小区类型", Type.CHOICE, choices=ESTATE_KINDS),
    Field("geometry", "范围", Type.JSON, in_form=False),
    Field("note", "备注"),
), place=True)  # fmt: skip

BLOCK = Entity("block", "幢", (
    _ref("estate", "小区", "estate"),
    Field("label", "幢号"),
    Field("worker_name", "责任社工", Type.NAME, aliases=("包块社工",)),
    Field("worker_phone", "社工电话", Type.PHONE),
    Field("geometry", "轮廓", Type.JSON, in_form=False),
), place=True)  # fmt: skip

BUILDING = Entity("building", "号", (
    _ref("estate", "小区", "estate", group="path"),
    Field("lane", "路弄", retention=CORE, group="path",
          aliases=("弄", "弄号", "路名", "路弄名称", "道路", "街路巷", "弄堂")),
    Field("number", "楼号", retention=CORE, group="path",
          aliases=("号", "楼栋", "楼栋号", "门洞", "门牌", "门牌号", "楼", "栋", "幢", "座", "幢号", "栋号", "楼宇编号")),
    _ref("block", "幢", "block"),
    Field("units", "单元数", Type.INTEGER),
    Field("floors", "层数", Type.INTEGER, aliases=("总层数",)),
    Field("rooms_per_floor", "每层户数", Type.INTEGER),
    Field("leader_name", "楼组长", Type.NAME, aliases=("楼组长姓名",)),
    Field("leader_phone", "楼组长电话", Type.PHONE),
    Field("leader_room", "楼组长室号"),
    Field("wechat_group", "微信群"),
    Field("geometry", "轮廓", Type.JSON, in_form=False),
), place=True)  # fmt: skip

DWELLING = Entity("dwelling", "房屋", (
    _ref("building", "楼号", "building", group="path"),
    Field("unit", "单元", retention=CORE, group="path", aliases=("单元号", "门栋单元")),
    Field("room", "室号", retention=CORE, group="path",
          aliases=("室", "房号", "房间号", "门牌室号", "室号房号", "房间")),  # 户号 and 房屋编号 are numbers of books
    Field("floor", "楼层", Type.INTEGER, aliases=("层", "所在楼层", "层号")),
    Field("floor_label", "楼层名"),
    Field("use", "用途", Type.CHOICE, choices=DWELLING_USES, aliases=("房屋用途", "房屋类型")),
    Field("state", "房屋状态", Type.CHOICE, choices=DWELLING_STATES, aliases=("居住状态", "房态", "自住出租")),
    Field("note", "备注"),
), place=True)  # fmt: skip

HOUSEHOLD = Entity("household", "户", (
    _ref("dwelling", "房屋", "dwelling"),
    Field("kind", "户类型", Type.CHOICE, choices=HOUSEHOLD_KINDS, aliases=("户别", "户口类型")),
    Field("label", "户名称", aliases=("户", "房间标签", "隔间")),
    _ref("contact", "联系人", "resident"),
    Field("landlord_name", "房东", Type.NAME, aliases=("房东姓名", "产权人")),
    Field("landlord_phone", "房东电话", Type.PHONE, aliases=("房东联系方式",)),
    Field("agent_name", "中介", aliases=("二房东", "中介公司")),
    Field("agent_phone", "中介电话", Type.PHONE),
    Field("key_holder_name", "钥匙保管人", Type.NAME),
    Field("key_holder_phone", "保管人电话", Type.PHONE),
    Field("note", "备注"),
))  # fmt: skip

# ---------------------------------------------------------------- people

RESIDENT = Entity("resident", "居民", (
    _ref("household", "户", "household"),
    Field("name", "姓名", Type.NAME, aliases=(
        "居民姓名", "人员姓名", "名字", "业主姓名", "业主", "住户姓名", "户主姓名", "住户", "业主名称", "产权人姓名", "承租人姓名",
        "name")),
    Field("sex", "性别", Type.CHOICE, choices=SEXES, aliases=("男女",)),
    Field("birth_date", "出生日期", Type.DATE, level=3, retention="identity",
          aliases=("出生年月日", "出生年月", "生日", "出生")),
    Field("birth_year", "出生年份", Type.YEAR, aliases=("出生年",)),
    Field("documents", "证件", Type.RECORDS, level=3, retention="identity", parts=(
        Field("type", "证件类型", Type.CHOICE, choices=DOCUMENT_TYPES),
        Field("number", "证件号码", Type.ID_NUMBER),
        Field("former", "已停用", Type.BOOLEAN),
    )),
    Field("id_type", "证件类型", Type.CHOICE, level=3, retention="identity", choices=DOCUMENT_TYPES,
          part_of=("documents", "type"), aliases=("证件种类", "证件名称")),
    Field("id_number", "证件号码", Type.ID_NUMBER, level=3, retention="identity",
          part_of=("documents", "number"),
          aliases=("身份证号", "身份证号码", "身份证", "公民身份号码", "证件号", "身份证件号码", "护照号", "护照号码",
                   "身份证/护照", "证件编号")),
    Field("phones", "电话", Type.RECORDS, parts=(
        Field("number", "号码", Type.PHONE),
        Field("kind", "类型", Type.CHOICE, choices=PHONE_KINDS),
        Field("owner", "机主", Type.NAME),
        Field("relation", "与本人关系"),
    )),
    Field("phone", "联系电话", Type.PHONE, part_of=("phones", "number"),
          aliases=("电话", "手机", "手机号", "手机号码", "联系方式", "电话号码", "移动电话", "固定电话", "座机", "本人电话",
                   "联系手机", "业主电话", "住户电话")),
    Field("relation", "与户主关系", Type.CHOICE, choices=RELATIONS,
          aliases=("关系", "与户主的关系", "家庭关系", "称谓", "与联系人关系")),
    Field("residence_kind", "居住类型", Type.CHOICE, choices=RESIDENCE_KINDS,
          aliases=("居住关系", "人户类型", "人户情况", "居住情况", "住户类型")),
    Field("person_class", "人员类别", Type.CHOICE, choices=PERSON_CLASSES, aliases=("人员类型", "户籍类别", "户籍性质")),
    Field("nationality", "国籍", aliases=("国籍地区", "国家地区", "国籍(地区)")),
    Field("status", "人员状态", Type.CHOICE, choices=STATUSES, aliases=("状态", "在住状态", "人员现状")),
    Field("status_since", "状态日期", Type.DATE),
    Field("whereabouts", "去向"),
    Field("hukou_address", "户籍地址", aliases=("户籍地", "户口所在地", "户籍所在地", "户口地址", "身份证地址")),
    Field("ethnicity", "民族"),
    Field("education", "文化程度", aliases=("学历", "教育程度")),
    Field("occupation", "职业"),
    Field("workplace", "工作单位", aliases=("单位", "就业单位", "工作单位/学校", "单位名称", "服务处所")),
    Field("party_member", "党员", Type.BOOLEAN, aliases=("是否党员", "中共党员", "政治面貌", "党员情况", "是否中共党员")),
    Field("care_groups", "人群分类", Type.CHOICES, choices=CARE_GROUPS,
          aliases=("人员标签", "关爱类别", "重点人群", "特殊人群")),
    Field("care_groups_sensitive", "敏感人群分类", Type.CHOICES, level=3, retention="care",
          choices=CARE_GROUPS_SENSITIVE),
    Field("emergency_contacts", "紧急联系人", Type.RECORDS, parts=(
        Field("name", "姓名", Type.NAME),
        Field("phone", "电话", Type.PHONE),
        Field("relation", "关系"),
    )),
    Field("emergency_name", "紧急联系人姓名", Type.NAME, part_of=("emergency_contacts", "name"),
          aliases=("紧急联系人", "应急联系人")),
    Field("emergency_phone", "紧急联系人电话", Type.PHONE, part_of=("emergency_contacts", "phone"),
          aliases=("紧急联系电话", "应急电话")),
    Field("note", "备注", aliases=("说明", "其他情况", "备注信息")),
    Field("note_sensitive", "敏感备注", level=3, retention="care"),
    Field("extra", "其他栏目", Type.JSON, in_form=False),  # {title: text}: columns of rosters without a field
    Field("extra_sensitive", "其他敏感栏目", Type.JSON, level=3, retention="care", in_form=False),
    _ref("moved_from", "迁自", "resident"),
    Field("move", "迁移", Type.JSON, retention=CORE, in_form=False),  # one field: offer, cancel, accept, close (§3)
))  # fmt: skip

RESIDENCE = Entity("residence", "居住关系", (
    _ref("resident", "居民", "resident"),
    _ref("household", "户", "household"),
    Field("kind", "居住类型", Type.CHOICE, choices=RESIDENCE_KINDS),
    Field("since", "起", Type.DATE),
    Field("until", "止", Type.DATE),
))  # fmt: skip

# ---------------------------------------------------------------- what happens

ARRIVAL = Entity("arrival", "来沪返沪登记", (
    _ref("resident", "居民", "resident"),
    Field("origin", "来源地", retention="arrival",
          aliases=("来自何地", "出发地", "返沪出发地", "从何地返沪", "来沪前居住地", "返回地")),
    Field("overseas", "境外", Type.BOOLEAN, retention="arrival", aliases=("是否境外", "境外返沪", "是否入境")),
    Field("arrived_on", "抵沪日期", Type.DATE, retention="arrival",
          aliases=("返沪日期", "来沪日期", "到沪日期", "返沪时间", "抵沪时间", "来沪时间", "到达日期")),
    Field("transport", "交通方式", retention="arrival", aliases=("返沪方式", "交通工具", "来沪方式")),
    Field("transport_no", "航班车次", retention="arrival", aliases=("航班号", "车次", "航班/车次", "车牌号", "班次")),
    Field("person_name", "来人姓名", Type.NAME, retention="arrival"),
    Field("person_phone", "来人电话", Type.PHONE, retention="arrival"),
    Field("address", "拟住地址", retention="arrival"),
    Field("state", "接转状态", Type.CHOICE, retention="arrival", choices=ARRIVAL_STATES),
    _ref("household", "户", "household"),
    Field("expected_at", "预计到达", retention="arrival",
          aliases=("预计到达时间", "预计抵沪时间", "预计时间", "到达时间", "预计抵达", "落地时间", "到站时间")),
    Field("picked_up_at", "接到时间", retention="arrival"),
    Field("picked_up_by", "接送人", Type.NAME, retention="arrival"),
    Field("vehicle", "接送车辆", retention="arrival"),
    Field("handed_over_at", "交接时间", retention="arrival"),
    Field("handed_over_to", "交接给", Type.NAME, retention="arrival"),
    Field("home_at", "到家时间", retention="arrival"),
    Field("home_by", "到家登记人", Type.NAME, retention="arrival"),
    Field("reassigned_to", "改派到", retention="arrival", in_form=False),  # id of a committee
    Field("reassigned_from", "改派自", retention="arrival", in_form=False),
    Field("state_why", "状态原因", retention="arrival"),
    Field("notified_at", "电话通知时间", retention="arrival"),
    Field("notified_to", "通知对象", Type.NAME, retention="arrival"),
    Field("notified_by", "通知人", Type.NAME, retention="arrival"),
    Field("heard_at", "接电话时间", retention="arrival"),  # a stub: what the committee wrote down at the telephone
    Field("heard_by", "接电话人", Type.NAME, retention="arrival"),
    Field("heard", "电话内容", retention="arrival"),
    Field("note", "备注", retention="arrival"),
    Field("contact_code", "联络码", retention="arrival"),
))  # fmt: skip

ISOLATION_CASE = Entity("isolation_case", "居家隔离健康观察", (
    _ref("resident", "居民", "resident"),
    Field("rule", "隔离规则", retention="isolation"),
    Field("start", "开始日期", Type.DATE, retention="isolation", group="course"),
    Field("stages", "阶段", Type.JSON, retention="isolation", group="course", in_form=False),
    Field("state", "状态", Type.CHOICE, retention="isolation", choices=ISOLATION_STATES),
    Field("closed_on", "结束日期", Type.DATE, retention="isolation"),
    Field("close_reason", "结束原因", retention="isolation"),
    Field("officer_name", "居委责任人", Type.NAME, retention="isolation"),
    Field("officer_phone", "居委电话", Type.PHONE, retention="isolation"),
    Field("police_name", "社区民警", Type.NAME, retention="isolation"),
    Field("police_phone", "民警电话", Type.PHONE, retention="isolation"),
    Field("doctor_name", "社区医生", Type.NAME, retention="isolation"),
    Field("doctor_phone", "医生电话", Type.PHONE, retention="isolation"),
    Field("notice_number", "解除通知编号", retention="isolation"),
    Field("notice_issuer", "解除通知开具单位", retention="isolation"),
    Field("notice_handed_at", "通知送达时间", retention="isolation"),
    Field("notice_asked_at", "解除通知申请时间", retention="isolation"),
    Field("notice_handed_to", "通知签收人", Type.NAME, retention="isolation"),
    _ref("arrival", "来沪返沪登记", "arrival"),
    Field("co_resident", "同住人员", Type.BOOLEAN, retention="isolation"),
    Field("duty_since", "接管日期", Type.DATE, retention="isolation"),  # this committee owes checks from this day on
    Field("moved_from", "迁自个案", retention="isolation", in_form=False),  # id of the old committee's case
    Field("receiver_unit", "接收单位", retention="isolation"),
    Field("receiver_name", "接收人", Type.NAME, retention="isolation"),
    Field("receiver_phone", "接收人电话", Type.PHONE, retention="isolation"),
    Field("handed_over_at", "移交时间", retention="isolation"),
    Field("approved_by", "批准人", Type.NAME, retention="isolation"),  # of an early end
    Field("closed_by", "结束登记人", Type.NAME, retention="isolation"),
    Field("alert_at", "需处置时间", retention="isolation"),  # a check or result asks for somebody at once; what: level 3
    Field("alert_done_at", "处置完成时间", retention="isolation"),
    Field("escalated_at", "上报时间", retention="isolation"),
    Field("escalated_to", "上报对象", retention="isolation"),
    Field("escalated_by", "上报人", Type.NAME, retention="isolation"),
    Field("contact_code", "联络码", retention="isolation"),  # told to the committee that is to take over
    Field("note", "备注", retention="isolation"),
))  # fmt: skip

ISOLATION_CHECK = Entity("isolation_check", "健康观察记录", (
    _ref("isolation_case", "隔离", "isolation_case"),
    Field("on", "日期", Type.DATE, retention="isolation"),
    Field("slot", "时段", Type.CHOICE, retention="isolation", choices=CHECK_SLOTS),
    Field("mode", "方式", Type.CHOICE, retention="isolation", choices=CHECK_MODES),
    Field("by", "登记人", Type.NAME, retention="isolation"),
    Field("reached", "已联系上", Type.BOOLEAN, retention="isolation"),  # false: tried in vain, the check is still owed
    Field("sampled", "已采样", Type.BOOLEAN, retention="isolation"),
    Field("result_in", "结果已出", Type.BOOLEAN, retention="isolation"),  # that there is one; which one is level 3
    Field("temperature", "体温", level=3, retention="health"),
    Field("symptoms", "症状", level=3, retention="health"),
    Field("test", "检测结果", Type.CHOICE, level=3, retention="health", choices=("阴性", "阳性", "待出")),
))  # fmt: skip

ISOLATION_RULE = Entity("isolation_rule", "隔离规则", (
    Field("code", "规则"),
    Field("steps", "阶段", Type.JSON, in_form=False),
    Field("count_from", "起算"),
    Field("release_at", "解除时点"),
    Field("valid_from", "施行日期", Type.DATE),
    Field("valid_until", "停止日期", Type.DATE),
    Field("co_residents", "同住人员一并隔离", Type.BOOLEAN),
    Field("own_notice", "居委会可出具解除通知", Type.BOOLEAN),
    Field("note", "依据"),
))  # fmt: skip

NOTICE = Entity("notice", "文书", (
    _ref("isolation_case", "隔离", "isolation_case"),
    Field("kind", "文书种类", Type.CHOICE, retention="isolation", choices=NOTICE_KINDS),
    Field("number", "编号", retention="isolation"),
    Field("made_at", "制作时间", retention="isolation"),
    Field("made_by", "制作人", Type.NAME, retention="isolation"),
    _ref("household", "户", "household"),  # of a committee's own notice, which speaks of no case
    _ref("building", "楼号", "building"),
    Field("about", "摘要", retention="isolation"),  # what the paper says in short: the same again is the same paper
    Field("title", "标题", retention="isolation"),
    Field("text", "正文", retention="isolation"),
))  # fmt: skip

VISIT = Entity("visit", "走访", (
    _ref("household", "户", "household"),
    Field("on", "日期", Type.DATE),
    Field("mode", "方式", Type.CHOICE, choices=VISIT_MODES),
    Field("result", "结果", Type.CHOICE, choices=VISIT_RESULTS),
    Field("by", "走访人", Type.NAME),
    Field("note", "备注"),
))  # fmt: skip

TASK = Entity("task", "任务", (
    _ref("resident", "居民", "resident"),
    _ref("household", "户", "household"),
    _ref("building", "楼号", "building"),
    Field("kind", "类别"),
    Field("what", "内容"),
    Field("due", "期限", Type.DATE),
    Field("state", "状态", Type.CHOICE, choices=TASK_STATES),
    Field("done_on", "完成日期", Type.DATE),
    Field("done_by", "完成人", Type.NAME),
    Field("asked_at", "提出时间"),
    Field("asked_by", "登记人", Type.NAME),
    Field("contact_code", "联络码"),
    Field("note", "备注"),
))  # fmt: skip

INCIDENT = Entity("incident", "事件", (
    _ref("resident", "居民", "resident"),
    _ref("household", "户", "household"),
    _ref("building", "楼号", "building"),
    Field("kind", "类别", retention="incident"),
    Field("what", "内容", retention="incident"),
    Field("place", "地点", retention="incident"),
    Field("urgency", "紧急程度", Type.CHOICE, retention="incident", choices=URGENCIES),
    Field("state", "状态", Type.CHOICE, retention="incident", choices=INCIDENT_STATES),
    Field("reported_at", "接报时间", retention="incident"),
    Field("reporter_name", "报告人", Type.NAME, retention="incident"),
    Field("reporter_phone", "报告人电话", Type.PHONE, retention="incident"),
    Field("contact_code", "联络码", retention="incident"),
    Field("notified_at", "电话通知时间", retention="incident"),
    Field("notified_to", "通知对象", Type.NAME, retention="incident"),
    Field("notified_by", "通知人", Type.NAME, retention="incident"),
    Field("external_number", "外部编号", retention="incident"),
    Field("external_due", "外部期限", Type.DATE, retention="incident"),
    Field("external_source", "外部来源", retention="incident"),  # 12345, 一网统管
    Field("external_due_at", "外部期限时间", retention="incident"),
    _ref("isolation_case", "隔离", "isolation_case"),
    _ref("same_as", "并入事件", "incident"),
    Field("under_way_at", "开始处置时间", retention="incident"),
    Field("under_way_by", "处置人", Type.NAME, retention="incident"),
    Field("on_site_at", "到场时间", retention="incident"),
    Field("on_site_by", "到场人", Type.NAME, retention="incident"),
    Field("closed_at", "办结时间", retention="incident"),
    Field("closed_by", "办结人", Type.NAME, retention="incident"),
    Field("outcome", "办理结果", retention="incident"),
    Field("called_back_at", "回访时间", retention="incident"),
    Field("called_back_by", "回访人", Type.NAME, retention="incident"),
    Field("assigned_to", "承办", retention="incident"),
    Field("assigned_phone", "承办电话", Type.PHONE, retention="incident"),
    Field("reassigned_to", "改派到", retention="incident", in_form=False),  # id of a committee
    Field("reassigned_from", "改派自", retention="incident", in_form=False),
    Field("state_why", "状态原因", retention="incident"),
    Field("escalated_at", "上报时间", retention="incident"),
    Field("escalated_to", "上报对象", retention="incident"),
    Field("escalated_by", "上报人", Type.NAME, retention="incident"),
    Field("heard_at", "接电话时间", retention="incident"),  # a stub, as an arrival's
    Field("heard_by", "接电话人", Type.NAME, retention="incident"),
    Field("heard", "电话内容", retention="incident"),
    Field("note", "备注", retention="incident"),
))  # fmt: skip

INCIDENT_PHOTO = Entity("incident_photo", "事件照片", (
    _ref("incident", "事件", "incident"),
    Field("taken_at", "拍摄时间", retention="incident"),
    Field("by", "拍摄人", Type.NAME, retention="incident"),
    Field("caption", "说明", retention="incident"),
    Field("picture", "照片", level=3, retention="incident", in_form=False),  # JPEG in base64
))  # fmt: skip

CARE_PLAN = Entity("care_plan", "关爱计划", (
    _ref("resident", "居民", "resident"),
    Field("kind", "服务"),
    Field("every_days", "间隔天数", Type.INTEGER),
    Field("mode", "方式", Type.CHOICE, choices=VISIT_MODES),
    Field("start", "开始日期", Type.DATE),
    Field("until", "结束日期", Type.DATE),
    Field("state", "状态", Type.CHOICE, choices=PLAN_STATES),
    Field("worker", "负责人", Type.NAME),
    Field("note", "备注"),
    Field("state_why", "状态原因"),
    Field("state_on", "状态日期", Type.DATE),
    Field("resume_on", "恢复日期", Type.DATE),
))  # fmt: skip

CARE_CONTACT = Entity("care_contact", "关爱记录", (
    _ref("resident", "居民", "resident"),
    _ref("plan", "关爱计划", "care_plan"),
    Field("on", "日期", Type.DATE),
    Field("mode", "方式", Type.CHOICE, choices=VISIT_MODES),
    Field("result", "结果", Type.CHOICE, choices=CARE_RESULTS),
    Field("by", "服务人", Type.NAME),
    Field("follow_up", "跟进日期", Type.DATE),
    Field("note", "备注"),
    Field("note_sensitive", "敏感备注", level=3, retention="care"),
))  # fmt: skip

SHIFT_NOTE = Entity("shift_note", "交班留言", (
    Field("text", "内容"),
    Field("at", "时间"),
    Field("by", "留言人", Type.NAME),
    Field("done_at", "阅办时间"),
    Field("done_by", "阅办人", Type.NAME),
))  # fmt: skip

# ---------------------------------------------------------------- the program's own records

ACCOUNT = Entity("account", "账号", (
    Field("name", "姓名", retention="trace"),
    Field("roles", "角色", Type.CHOICES, retention="trace"),
    Field("committees", "负责居委会", Type.JSON, retention="trace", in_form=False),  # ids; at a centre; None: all
    Field("buildings", "包块楼号", Type.JSON, retention="trace", in_form=False),  # ids; whose level 3 a worker reads
))  # fmt: skip

DOUBTFUL = Entity("doubtful", "待核行", (
    Field("file", "文件", retention="trace"),
    Field("sheet", "工作表", retention="trace"),
    Field("row", "行", Type.INTEGER, retention="trace"),
    Field("reason", "原因", retention="trace"),
    Field("score", "相似度", Type.INTEGER, retention="trace"),  # per cent
    Field("why", "依据", Type.JSON, retention="trace", in_form=False),  # codes for and against, words why-<code>
    _ref("candidate", "疑似", "resident"),
    Field("values", "内容", Type.JSON, in_form=False),
    Field("values_sensitive", "敏感内容", Type.JSON, level=3, retention="identity", in_form=False),
    Field("decision", "处理", Type.CHOICE, retention="trace", choices=("keep", "take", "new")),
))  # fmt: skip

ENTITIES: dict[str, Entity] = {
    entity.key: entity
    for entity in (
        COMMITTEE, GROUP, ESTATE, BLOCK, BUILDING, DWELLING, HOUSEHOLD, RESIDENT, RESIDENCE,
        ARRIVAL, ISOLATION_CASE, ISOLATION_CHECK, ISOLATION_RULE, NOTICE, VISIT, TASK, INCIDENT, INCIDENT_PHOTO,
        CARE_PLAN, CARE_CONTACT, SHIFT_NOTE, ACCOUNT, DOUBTFUL,
    )
}  # fmt: skip


ARRIVAL_OF_ROSTER = ("origin", "overseas", "arrived_on", "transport", "transport_no")
"""What a roster's row may say of an arrival."""
ROSTER_FIELDS: dict[str, Field] = {
    # What a column of a roster may mean: the keys a mapping names. `estate` and `lane`, `building` and
    # `room` are the place; the rest is the person's, and an arrival's where the roster says one.
    "estate": ESTATE["name"],
    "lane": BUILDING["lane"],
    "building": BUILDING["number"],
    "address": Field("address", "地址", aliases=(
        "住址", "现住址", "居住地址", "现居住地址", "实际居住地", "家庭住址", "家庭地址", "居住地", "房屋地址", "详细地址",
        "本市居住地址", "在沪居住地址", "居住地址(路弄号室)")),
    **{key: DWELLING[key] for key in ("unit", "room", "floor", "use", "state")},
    **{key: BUILDING[key] for key in ("leader_name", "leader_phone")},
    "household_label": HOUSEHOLD["label"],
    "household_kind": HOUSEHOLD["kind"],
    **{field.key: field for field in RESIDENT.fields
       if field.type not in (Type.RECORDS, Type.REFERENCE) and field.key != "move"},
    **{key: ARRIVAL[key] for key in ARRIVAL_OF_ROSTER},
}  # fmt: skip
