from tests.ui.test_wall_window import *
from tests.ui.test_wall_window import day, counted
def test_leak_show(qtbot, shown):
    day(qtbot, shown, 60); b=counted(qtbot, shown)
    for k in range(4):
        day(qtbot, shown, 1080); a=counted(qtbot, shown)
        print("\nafter", (k+1)*1080, {n:(b[n],a[n]) for n in b})
