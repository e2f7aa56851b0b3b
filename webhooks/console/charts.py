"""Charts as SVG pictures, each beside a table with the same figures. A picture has a policy of its own: its styles are
inside of it, and it can do nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pygal
from flask import Response
from pygal.style import Style

FONTS = "PingFang SC, HarmonyOS Sans SC, Microsoft YaHei, Noto Sans CJK SC, Noto Sans SC, sans-serif"
# Told apart by people who see few colours, and each at least 3:1 on white.
COLOURS = ("#0b6b4f", "#3b74c4", "#b8651b", "#b3221b", "#6b7280")
LOOK = Style(
    background="white",
    plot_background="white",
    foreground="#1c2430",
    foreground_strong="#1c2430",
    foreground_subtle="#5a6472",
    colors=COLOURS,
    font_family=FONTS,
    label_font_size=13,
    major_label_font_size=13,
    legend_font_size=13,
    title_font_size=16,
    value_font_size=12,
    transition="0s",
)
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def stacked(title: str, labels: Sequence[str], series: Sequence[tuple[str, Sequence[float]]]) -> Response:
    """Bars side by side, each made of the series one above the other."""
    chart = pygal.StackedBar(**_SHAPE, title=title, x_label_rotation=40 if len(labels) > 13 else 0)
    return _drawn(chart, labels, series)


def bars(title: str, labels: Sequence[str], values: Sequence[float]) -> Response:
    """One bar for each label, lying, the first one at the top."""
    chart = pygal.HorizontalBar(**{**_SHAPE, "height": 90 + 30 * max(1, len(labels))}, title=title, show_legend=False)
    return _drawn(chart, list(labels)[::-1], [(title, list(values)[::-1])])


_SHAPE = {
    "width": 760,
    "height": 340,
    "explicit_size": True,
    "style": LOOK,
    "js": [],
    "legend_at_bottom": True,
    "legend_box_size": 12,
    "truncate_label": 24,
    "margin": 12,
    "no_data_text": "这段时间没有",
    "disable_xml_declaration": True,
    "show_y_guides": True,
}


def _drawn(
    chart: pygal.graph.graph.Graph, labels: Sequence[str], series: Sequence[tuple[str, Sequence[float]]]
) -> Response:
    chart.x_labels = list(labels)
    for name, values in series:
        chart.add(name, list(values))
    drawn = re.sub(r"<script.*?</script>", "", chart.render(), flags=re.DOTALL)  # tooltips: a picture runs nothing
    answer = Response(drawn, mimetype="image/svg+xml")
    answer.headers["Content-Security-Policy"] = POLICY
    return answer
