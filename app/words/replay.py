"""Words of the time slider; see `app.words`."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "replay-map": "回看 {day} 24:00",
    "replay-measure": "{day}的{measure}",
    "replay-unknown": "{day}还没有数据",
    "replay-today": "今天 {day} 周{weekday}",
    "replay-past": "{day} 周{weekday} 24:00",
    "replay-day": "{day} 周{weekday}",
    "replay-not-told": "合计不公布：有的数字小于 5",
    "replay-nothing": "还没有数据",
    "replay-span-of": "近 {days} 天",
    "replay-span-name": "回看多长时间",
    "replay-slow": "慢放",
    "replay-usual": "常速",
    "replay-fast": "快放",
    "replay-speed-name": "播放速度",
    "replay-close": "关闭",
    "replay-play": "播放",
    "replay-pause": "暂停",
    "replay-before": "前一天（←）",
    "replay-after": "后一天（→）",
    "replay-keys": "空格键播放或暂停，← → 前后一天，Home 到最早，End 到今天，Esc 关闭",
    "replay-track": "时间轴，一格一天",
    "replay-reading": "正在读每天的情况",
    "replay-span": "最多回看 {most} 天，{first} 到 {last} 不行。请选短一些的时间。",
    "replay-future": "{day} 还没有到，只能回看 {today} 及以前的日子。",
    "replay-building": "一栋楼里的房屋不能回看。要回看请画小区、居委会或街道。",
    "replay-outside": "{day} 不在 {first} 到 {last} 之间。",
}
