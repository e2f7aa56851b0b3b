"""Every figure of the console leads to its list, and the list holds as many."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest
from flask import Flask

from tests.support import office
from tests.support.console import Visitor
from tests.support.world import World

# Cells that measure something instead of counting rows: days, tries, shares, places of a row.
MEASURES = {"已用", "已试", "看了", "每例看几次", "扣分", "行", "版本", "短信条数", "改好的比例", "耽误", "用时"}
MEASURES |= {"改好用时", "信用分", "有效密钥"}
PAGES = ("/", "/?show=all", "/talks", "/messages", "/messages?state=held", "/owed", "/troubles", "/troubles/cases")
PAGES += (
    "/batches",
    "/batches/1",
    "/proxies",
    "/proxies/1",
    "/rules",
    "/health",
    "/groups",
    "/people",
    "/invitations",
    "/heard",
)
FIGURE = re.compile(r"^(\d+)(?: [条份例项])?$")


@dataclass
class Figure:
    """A number that stands in a page where numbers count something, with the link around or inside of it."""

    label: str
    text: str = ""
    link: str = ""


@dataclass
class Figures(HTMLParser):
    """Collects the figures of a page: cells of numbers, the tiles of the door, tallies, the lists of 运行."""

    found: list[Figure] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.inside, self.links, self.figure = 0, [""], None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        names = (given.get("class") or "").split()
        if tag == "a":
            self.links.append(given.get("href") or "")
            if self.figure is not None:
                self.figure.link = self.links[-1]
        counts = (tag == "td" and "number" in names) or "tally" in names or (tag == "b" and self._in_tile())
        if counts and "data-sum" not in given:
            self.figure, self.inside = Figure(given.get("data-label") or "", link=self.links[-1]), 0
            self.found.append(self.figure)
        if self.figure is not None:
            self.inside += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and len(self.links) > 1:
            self.links.pop()
        if self.figure is not None:
            self.inside -= 1
            if self.inside == 0:
                self.figure = None

    def handle_data(self, data: str) -> None:
        if self.figure is not None:
            self.figure.text += data

    def _in_tile(self) -> bool:
        return self.links[-1] != "" and len(self.links) > 1


def figures(page: str) -> list[Figure]:
    """The figures above nought of a page."""
    parser = Figures()
    parser.feed(page[page.index("<main") :])
    return [each for each in parser.found if (said := FIGURE.match(each.text.strip())) and int(said.group(1))]


@pytest.fixture
def admin(world: World, console: Flask) -> Visitor:
    """The administrator, in an office in full swing."""
    return Visitor(console).enter(world, office.fill(world))


def test_every_figure_leads_to_a_list_of_as_many(admin: Visitor) -> None:
    """Page after page; each list says on its page how many it holds."""
    wrong: list[tuple[str, str, str, str]] = []
    counted, opened = 0, {}
    for path in PAGES:
        for each in figures(admin.get(path)):
            if each.label in MEASURES:
                continue
            counted += 1
            link = each.link.partition("#")[0].removeprefix("/console")
            if not link:
                wrong.append((path, each.label, each.text, "no link"))
                continue
            opened[link] = opened.get(link) or admin.get(link)
            total = re.search(r'data-total="(\d+)"', opened[link])
            if total is None or total.group(1) != re.sub(r"\D", "", each.text):
                wrong.append((path, each.label, each.text, f"{link}: {total and total.group(1)}"))
    assert not wrong, "\n".join(map(str, wrong))
    assert counted > 60


def test_a_figure_without_a_link_would_be_seen() -> None:
    """The look itself finds what it should."""
    page = '<main><td class="number" data-label="x">3</td><a class="count" href="/console/y"><b>4</b>z</a></main>'
    assert [(each.text, each.link) for each in figures(page)] == [("3", ""), ("4", "/console/y")]
