"""代办: what is done for people who may not leave the house, as a course of steps."""

from __future__ import annotations

from app.domain.steps import Steps

OPEN = ("待办", "进行中")
STEPS = Steps("errand-step", {
    "待办": ("进行中", "已完成", "已取消"),
    "进行中": ("待办", "已完成", "已取消"),
    "已完成": (),
    "已取消": (),
}, {"已完成": "errand-ended-why", "已取消": "errand-ended-why"})  # fmt: skip
