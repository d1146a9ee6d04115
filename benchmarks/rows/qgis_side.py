"""The other side of `map_page`: QGIS, by its own Python, from start to a picture of the same buildings in the same colours.

Run by the system's Python that has the module qgis; not by ours. Arguments: the GeoJSON file.
"""

from __future__ import annotations

import os
import sys
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def main(file: str) -> Any:
    from qgis.core import (  # type: ignore[import-not-found]
        QgsApplication,
        QgsCategorizedSymbolRenderer,
        QgsFillSymbol,
        QgsMapRendererSequentialJob,
        QgsMapSettings,
        QgsRendererCategory,
        QgsVectorLayer,
    )
    from qgis.PyQt.QtCore import QSize  # type: ignore[import-not-found]

    app = QgsApplication([], True)
    app.initQgis()
    layer = QgsVectorLayer(file, "buildings", "ogr")
    assert layer.isValid()
    colours = sorted(layer.uniqueValues(layer.fields().indexFromName("colour")))
    layer.setRenderer(QgsCategorizedSymbolRenderer("colour", [
        QgsRendererCategory(each, QgsFillSymbol.createSimple({"color": each, "outline_color": "#555555"}), each)
        for each in colours
    ]))  # fmt: skip
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setOutputSize(QSize(1100, 700))
    settings.setExtent(layer.extent())
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    assert job.renderedImage().width() == 1100
    return app


if __name__ == "__main__":
    held = main(sys.argv[1])
    print("drawn", flush=True)
    os._exit(0)
