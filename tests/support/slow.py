"""A slow line: what a page asks for is held back until a test lets it come."""

from __future__ import annotations

from playwright.sync_api import Page, Route


class HeldBack:
    """Holds back what a page asks for, wherever it is, until `release`; what is asked for afterwards comes at once."""

    def __init__(self, page: Page, address: str) -> None:
        self.waiting: list[Route] = []
        self.released = False
        page.route(address, self._asked)

    def _asked(self, route: Route) -> None:
        if self.released:
            route.continue_()
        else:
            self.waiting.append(route)

    def release(self) -> None:
        """Let all of it come: also what a page asked for that has been left meanwhile."""
        self.released = True
        for route in self.waiting:
            route.continue_()
