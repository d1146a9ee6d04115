"""Words about the papers of isolation, on paper and on the screen, and of the day's sheet and the hand-over list."""

from __future__ import annotations

WORDS: dict[str, str] = {
    # what can be mended
    "notice-kind": "没有“{kind}”这种文书。可以印的有：{kinds}。",
    "notice-state": "{name}的个案现在是“{state}”，不能印{kind}；{kind}只印给：{states}。",
    "notice-nobody": "所选的范围里没有可以印{kind}的人。",
    "notice-course": "{name}的个案没有完整的起止日期，印不了{kind}。请先在个案里补上开始日期和规则。",
    "notice-case": "找不到编号为 {id} 的个案。",
    "notice-choose": "请说明给谁：几个个案、一户或一个楼号。",
    "notice-text": "请写明通知的标题和内容，或选一个现成的样式。",
    "notice-text-long": "通知太长：标题最多 {title} 个字，内容最多 {text} 个字。",
    "notice-only-committee": "文书由居委会自己编号、盖章，街道中心不代印。",
    "notice-not-ours": "解除通知由{issuer}开具，居委会不能自己印。请印解除申请名单和签收单；确有规定可由居委会出具的，由书记在“文书设置”里打开。",
    "notice-number-unknown": "没有编号为“{number}”的文书。",
    "notice-changed": "编号 {number} 的文书印过以后，个案的起止日期或内容改了。请重新印一份，会给新编号。",
    "notice-early": "{name}的观察期还没有满（最后一天是 {until}），不能登记解除通知送达。",
    "notice-future": "送达时间 {at} 还没有到，请核对。",
    "notice-before": "送达时间 {at} 早于{name}观察期的最后一天 {until}，请核对。",
    "notice-hand-nothing": "请至少写明通知编号、开具单位、送达时间、签收人中的一项。",
    "notice-phone": "“{title}”要填电话号码，“{value}”不是。",
    "notice-too-long": "“{title}”最多 {count} 个字。",
    "notice-reading": "正在读取个案",
    "notice-setting": "正在排版文书",
    # done
    "notice-made": "已生成{kind} {papers} 份，共 {pages} 页，{persons} 人。编号 {numbers}。本次打印已留痕。",
    "notice-made-again": "已生成{kind} {papers} 份，共 {pages} 页，其中 {again} 份印过，沿用原编号并注明补打。本次打印已留痕。",
    "notice-saved": "已存为 {out}。文件里有居民信息，用后请删除。",
    "notice-printed": "已送往打印机，共 {pages} 页。",
    "notice-handed": "已登记 {count} 人的解除通知送达。",
    "notice-none": "还没有印过文书。",
    "notice-settings-kept": "文书设置已保存，下一份文书起用。",
    "notice-numbers-some": "{first} 等 {count} 个",
    "day-sheet-done": "已生成今日单 {pages} 页（{households} 户），存为 {out}。",
    "handover-done": "已生成{title} {pages} 页，存为 {out}。",
    "handover-kind": "交接清单分“shift”（交班）和“office”（人员交接），没有“{kind}”。",
    "day-sheet-nothing": "{day} 没有要上门、打电话或跟进的事，不用印今日单。",
    "day-sheet-worker": "没有叫“{worker}”的工作人员有今天的事。有事的是：{workers}。",
    # 共享台账
    "shares-kind-notice": "文书", "shares-kind-day-sheet": "今日单", "shares-kind-handover": "交接清单",
    # on paper: what all share
    "paper-day": "{year}年{month}月{day}日",
    "paper-span": "{since}至{until}（含当日）",
    "paper-stage": "{measure} {days} 天，{since}至{until}",
    "paper-stage-at": "{measure}（{place}）{days} 天，{since}至{until}",
    "paper-foot": "个人信息仅用于本次健康观察",
    "paper-foot-list": "含个人信息，用后妥善保管，请勿拍照、外传",
    "paper-officer": "居委会", "paper-police": "社区民警", "paper-doctor": "社区医生",
    "paper-rule": "{rule} 天",
    # 告知书
    "told-title": "居家隔离健康观察告知书",
    "told-body": (
        "为保护您本人、家人和邻居的健康，根据《中华人民共和国传染病防治法》和本市疫情防控的有关要求，"
        "请您在下述住址进行居家隔离健康观察："
    ),
    "told-who": "观察对象", "told-where": "观察住址", "told-how": "观察方式", "told-when": "起止日期",
    "told-tests": "检测日期",
    "told-points": "请您配合做到",
    "told-stay": "观察期间不离开住所，不接待来访。需要外出就医的，先打电话联系社区医生或居委会，由我们安排，不自行乘坐公共交通工具。",
    "told-check": "每天{times}测量体温，接到我们的电话、微信或上门询问时，如实告知体温和身体情况。",
    "told-room": "尽量单独居住一间，多开窗通风，勤洗手，餐具、毛巾单独使用。",
    "told-others": "与同住人员分餐、保持距离；必须接触时双方都戴口罩。",
    "told-ill": "出现发热、咳嗽、乏力、腹泻等不适，请立即打电话给社区医生；情况紧急拨打120，并说明正在居家隔离。",
    "told-errands": "买菜、配药、取快递、收运生活垃圾，可以打电话请居委会安排代办；垃圾扎紧袋口放在门口。",
    "told-end": "期满后请不要自行解除。解除通知由{issuer}开具，我们送达并请您签收后，观察才结束。",
    "told-end-own": "期满后请不要自行解除。我们送达解除通知并请您签收后，观察才结束。",
    "told-twice": "上午、下午各", "told-once": "至少",
    "told-closing": "有任何困难请随时打电话给我们。感谢您的理解和配合。",
    "told-signed": "本人签收", "told-signed-day": "签收日期", "told-by": "送达人", "told-by-2": "送达时间",
    # 承诺书
    "promise-title": "居家隔离健康观察承诺书",
    "promise-to": "{office}",
    "promise-body": (
        "本人{name}，住{address}。居委会已将居家隔离健康观察的起止日期、要求和联系人告知本人，本人已经知晓。"
        "观察期自{since}起，至{until}止。"
    ),
    "promise-points": "本人承诺在观察期间",
    "promise-1": "不离开住所，不接待来访，不隐瞒同住人员。",
    "promise-2": "每天按时测量体温，如实报告体温和身体情况，如实说明旅行和接触情况。",
    "promise-3": "出现不适立即联系社区医生或居委会，不自行外出就医，不自行用药掩盖症状。",
    "promise-4": "做好通风、消毒和垃圾扎袋，与同住人员保持距离。",
    "promise-5": "未收到解除通知前，不自行结束观察。",
    "promise-closing": "以上内容由本人阅读，或由他人读给本人听过，本人愿意遵守。",
    "promise-signed": "承诺人", "promise-signed-day": "日期", "promise-guardian": "监护人（未成年人）",
    "promise-guardian-day": "日期", "promise-witness": "见证人（居委会）", "promise-witness-2": "见证人（社区民警或社区医生）",
    # 门贴
    "door-title": "居家健康观察", "door-please": "请勿打扰",
    "door-line": "快递、外卖请放在门口后离开，不要敲门入内", "door-line-2": "有事请打下面的电话",
    "door-cover": "门贴张贴清单", "door-cover-body": "门贴上不写姓名和室号，请按编号对门张贴，贴好打勾。张贴前不要摊开给别人看。",
    "door-columns": "编号|住址|起|止|已贴",
    # 解除申请名单
    "request-title": "居家隔离健康观察解除申请名单",
    "request-body": "下列 {count} 人观察期已满，请审核后开具解除居家隔离健康观察通知。检测日期为采样或出结果的日期，结果以贵中心掌握的为准。",
    "request-columns": "序号|姓名|性别|年龄|证件号码|住址|规则|起|止|检测日期|审核意见",
    "request-foot": "年龄按出生年份计算。证件号码{documents}。",
    "request-hidden": "只印头尾几位；需要全号的，由有权限的人写明用途后另印", "request-shown": "仅供开具解除通知核对身份",
    "request-signers": "居委会经办人|联系电话|卫生服务中心审核人|审核日期",
    "request-issuer": "社区卫生服务中心",
    # 签收单
    "receipt-title": "解除居家隔离健康观察通知签收单",
    "receipt-body": "下列 {count} 人的解除通知由{issuer}开具，由居委会送达，请本人签收；未成年人由监护人签收。",
    "receipt-columns": "序号|姓名|住址|观察起止|解除通知编号|开具单位|送达时间|签收人签字",
    "receipt-signers": "送达人|送达日期",
    # 解除通知
    "release-title": "解除居家隔离健康观察通知",
    "release-body": (
        "您自{since}起在{address}进行居家隔离健康观察，至{until}期满。按照“{rule}”的规则，现通知您自收到本通知起解除居家隔离健康观察。"
    ),
    "release-body-2": "解除后请继续做好个人防护，勤洗手、常通风，去人多的地方戴好口罩；身体不适请及时就医。感谢您这段时间的配合。",
    "release-signed": "签收人", "release-signed-day": "签收时间", "release-by": "送达人",
    # 居委通知
    "general-to": "{door} 住户",
    "general-to-building": "{building} 各住户",
    "general-contact": "联系电话：{phone}",
    "general-columns": "编号|住址",
    "general-title-visit": "上门登记通知",
    "general-text-visit": "我们将于近日上门核对住户信息，来的是本居委会的社工，会出示工作证，只核对登记需要的内容，不收取任何费用。家里白天没有人的，请打下面的电话约一个方便的时间。",
    "general-title-missed": "来访未遇",
    "general-text-missed": "我们今天上门走访，您家里没有人。请您方便时打下面的电话，或告诉我们什么时候在家。",
    "general-title-clean": "公共部位消毒通知",
    "general-text-clean": "本楼的楼道、电梯、扶手和垃圾投放点将进行消毒。消毒时请关好门窗，看好儿童和宠物，半小时后再通过；对气味敏感的请戴口罩。",
    "general-title-calm": "关于楼内居家观察的说明",
    "general-text-calm": "本楼有居民正在居家健康观察，由居委会、社区民警和社区医生每天联系、按时登记。请各位邻居不必担心，不打听、不传播他人的姓名、室号和健康情况。买菜、快递、垃圾由专人收送。",
    "general-title-blank": "通知",
    "general-text-blank": "",
}
