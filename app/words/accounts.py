"""Words about accounts: roles, admitting and removing, recovery, waiting at the log-in."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "role-head": "书记/主任",
    "role-worker": "社工",
    "role-group_head": "分社区主任",
    "role-data": "数据组",
    "role-leader": "街道领导",
    "role-line": "条线",
    "role-administrator": "系统管理员",
    "role-auditor": "审计",
    "role-none": "没有角色，不能登录",
    "role-head-means": "本居委会的全部工作，可查看敏感信息，可管理账号",
    "role-worker-means": "录入和走访；只看分给自己的楼号和个案的敏感信息",
    "role-group_head-means": "看所管居委会的基本信息，不看敏感信息",
    "role-data-means": "收发数据包、处理冲突、报表，可查看敏感信息",
    "role-leader-means": "只看地图和汇总数，不看个人",
    "role-line-means": "只看本条线需要的内容",
    "role-administrator-means": "管账号、设备、备份；不看居民信息",
    "role-auditor-means": "只查操作留痕，不看内容",
    "account-roles-empty": "请至少选一个角色，没有角色的账号什么也做不了。",
    "account-role-unknown": "没有“{role}”这个角色。可以用的是：{known}。",
    "last-admitter": (
        "“{account}”是最后一个能添加账号的人（书记/主任或系统管理员）。停用或改掉它，就再没有人能添加账号了。"
        "请先另加一个书记或系统管理员。"
    ),
    "rotation-unfinished": (
        "“{account}”已经不能再登录。换新钥匙没有做完（磁盘可能满了或不能写），数据没有丢；下次打开工作区时会自动接着做完。"
    ),
    "keys-unwritable": "写不了钥匙文件（{folder}），可能磁盘已满或不能写。没有改动任何账号；请腾出空间再试。",
    "login-wait": "密码连续输错，请等 {seconds} 秒再试。",
    "login-wait-minutes": "密码连续输错，请等 {minutes} 分 {seconds} 秒再试。",
    "workspace-on-share": (
        "{folder} 在网络共享盘上。楼图的数据只放在本机磁盘：共享盘上的文件可能损坏，别人也能拿到。请换一个本机文件夹。"
    ),
    # recovery
    "recovery-none": "这个工作区没有可用的恢复卡：没有印过，或已经用过。请用别的账号登录，或与街道联系。",
    "recovery-code-wrong": "恢复码打不开这个工作区。可能是旧卡（印了新卡后旧卡作废），或是别的电脑的卡。",
    "recovery-code-letter": "恢复码里没有“{letter}”这个字。请对照卡片再看一遍；卡上没有 0、1、I、O、Z。",
    "recovery-code-length": "恢复码应有 {needed} 个字，现在是 {count} 个。请对照卡片检查有没有漏掉的组。",
    "recovery-code-group": "第 {group} 组“{said}”抄错了，请对照卡片重看这一组。",
    "recovery-made": "已印好恢复卡：{out}。请打印出来、封好、锁进保险柜，然后删掉这个文件。",
    "recovery-voids": "以前印的恢复卡从现在起作废，请销毁。",
    "recovery-without-ring": "当前账号不能看敏感信息，所以这张卡只能恢复账号，不含敏感信息的钥匙。",
    "recovered": "已为“{account}”设好新密码。用过的恢复卡已作废，请马上再印一张。",
    "recovered-new": "已新建账号“{account}”（{titles}）。用过的恢复卡已作废，请马上再印一张。",
    # done
    "account-added": "已新增账号“{account}”（{titles}）。",
    "account-added-owed": "已新增账号“{account}”（{titles}）。敏感信息要等能看敏感信息的人在“今日”里为它开通。",
    "account-changed": "已更改账号“{account}”：{titles}。",
    "account-removed": "已停用账号“{account}”，并换了新钥匙。它从现在起不能登录；它以前自己留下的旧拷贝仍能打开。",
    "account-removed-owed": (
        "已停用账号“{account}”，并换了数据库钥匙。敏感信息的新钥匙要等能看敏感信息的账号下次登录时换好。"
    ),
    "account-password": "密码已改。下次登录用新密码。",
    "account-admitted": "已为“{account}”开通敏感信息。",
    "account-refused": "没有为“{account}”开通敏感信息，只留下角色：{titles}。",
    "account-refused-bare": "没有为“{account}”开通敏感信息。它没有别的角色，现在不能登录；可在“管理 › 账号”里另给角色，或停用。",
    "account-not-waiting": "“{account}”没有在等开通敏感信息，可能已经办过了。",
    "account-without-role": "账号“{account}”现在没有角色，不能登录。请找书记或管理员。",
    "owed-ring-admit": "“{account}”还不能看敏感信息：等能看敏感信息的人在“今日”里为它开通。",
    "owed-ring-own": "您还不能看敏感信息：等能看敏感信息的人在“今日”里为您开通。",
    "admit-ask": "“{account}”的账号等您开通敏感信息权限",
    "admit-who": "{titles}　由 {by} 于 {at} 设置。请先当面问清楚，再开通。",
    "admit-act": "开通",
    "admit-refuse": "不开通",
    "admit-refuse-ask": "不为“{account}”开通敏感信息？它会失去{titles}的角色{left}。以后要开通，须重新给它角色。",
    "admit-refuse-left": "，只留下{titles}",
    "admit-refuse-bare": "；它没有别的角色，以后不能登录，直到有人另给角色",
    "owed-ring-renew": "“{names}”离开后，敏感信息的钥匙还没有换：等能看敏感信息的账号登录一次，就自动换好。",
    # window
    "accounts-intro": "谁能打开这台电脑上的数据，能做什么。人走了请当天停用。",
    "accounts-none": "只有一个账号。请再添一个书记或系统管理员，免得一个人的密码忘了就打不开。",
    "account-name-hint": "姓名或职务，例如 李社工",
    "account-password-hint": "至少 8 个字",
    "account-password-why": "先由您设一个，当面告诉本人，请本人登录后在右上角的菜单里改掉。",
    "account-passwords-differ": "两次输入的密码不一样，请再输一次。",
    "account-ring-why": "您自己不能看敏感信息，所以新给的敏感信息权限，要等能看的人在“今日”里开通。",
    "account-buildings": "包块楼号：社工只能看这些楼里居民的敏感信息。一个都不选，就只能看分给本人的个案。",
    "account-committees": "负责的居委会。一个都不选，就是全部。",
    "account-remove-ask": "停用“{account}”",
    "account-remove-means": (
        "停用后“{account}”马上不能登录，数据换新钥匙重新加密，大的工作区要一两分钟，中途断电也不会丢数据。"
        "以前的操作留痕都保留。停用不能撤销，本人回来时重新新增。"
    ),
    "account-remove-copies": "如果本人手里有旧的备份或拷贝，仍能用旧密码打开那份旧数据，请一并收回。",
    "account-remove-own": "这是您自己正在用的账号。停用后会马上锁定，您就不能再登录了。",
    "account-remove-sure": "我已确认要停用“{account}”",
    "account-remove-check": "请先勾选确认。",
    "account-work": "正在换新钥匙",
    "account-own-password": "改自己的密码。忘了旧密码请用恢复卡，或请管理员停用后重新新增。",
    "recovery-title": "恢复卡",
    "recovery-why": (
        "所有密码都忘了的时候，只有恢复卡能打开数据；没有后门。请打印一张，封好、锁进保险柜。印了新的，旧的立即作废。"
    ),
    "recovery-first": (
        "工作区建好了。密码是打开数据的唯一钥匙：如果全忘了，谁也打不开，我们也不能。"
        "请现在印一张恢复卡，封进信封、锁进保险柜；以后在“管理 › 账号”里也能印。"
    ),
    "recovery-had": "现在的恢复卡是 {made} 印的。",
    "recovery-had-none": "还没有恢复卡。",
    "recovery-save": "恢复卡写到",
    "recovery-asked": "请从保险柜取出恢复卡，照着输入八组恢复码，大小写不分。",
    "recovery-code": "恢复码",
    "recovery-forgot": "忘记密码…",
    "manage-nothing": "当前账号在这里没有要管的事。账号由书记或系统管理员管理，改自己的密码在右上角的菜单里。",
    "idle-warning": "已有一段时间没有操作，{seconds} 秒后自动锁定。动一下鼠标或键盘就不锁。",
    "idle-locked": "有一段时间没有操作，已自动锁定。",
    "idle-kept": "有一段时间没有操作，已自动锁定。“{account}”没有保存的填写还留着，由本人登录后继续。",
    "idle-lost-ask": "“{account}”还有没有保存的填写。现在关闭，这些填写就没有了。",
    "idle-minutes": "没有操作多久自动锁定",
    "idle-minutes-each": "{minutes} 分钟",
}
