"""A return: its points, in the words that the user reads, and which of them are still to be mended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from domain.registration.applications import FIELD_NAMES, Application, Source, Stage
from domain.rules.rules import Problem, Severity, paper_of

RETURN = "return"  # the severity of what a reviewer found, beside those of the rules
SHOWN = 35  # characters of a reason in an SMS
CHECK = "请核对，改好后重新提交。"


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that a return asks for. `field` is the value that is wrong, `document` the paper that is wanted."""

    problem: str
    suggestion: str = ""
    field: str = ""
    document: str = ""
    rule: str = ""
    version: str = ""
    severity: str = RETURN

    def words(self) -> str:
        """The point as the user reads it."""
        return f"{self.problem}{self.suggestion}"

    def to_json(self) -> dict[str, str]:
        """The point as a step keeps it."""
        return asdict(self)


def of_problem(problem: Problem) -> Point:
    """A rule's problem as a point of a return. What a hint suggests is meant for whoever reviews, not for the user."""
    return Point(
        problem=problem.problem,
        suggestion=CHECK if problem.severity == Severity.HINT else problem.suggestion,
        document=problem.document,
        rule=problem.rule,
        version=str(problem.version),
        severity=problem.severity,
    )


def points_of(application: Application) -> list[Point]:
    """The points of the return that the application has come back with; none where it was not returned."""
    if application.stage != Stage.RETURNED or not application.steps:
        return []
    known = Point.__dataclass_fields__
    kept = application.steps[-1].problems
    return [Point(**{name: text for name, text in each.items() if name in known}) for each in kept]


def reason(points: Sequence[Point]) -> str:
    """All of a return: one point as it stands, several as a numbered list."""
    if len(points) == 1:
        return points[0].words()
    return "\n".join(["", *(f"{number}. {point.words()}" for number, point in enumerate(points, start=1))])


def in_short(points: Sequence[Point]) -> str:
    """What an SMS or a template notice has room for: the first point, and how many there are."""
    if len(points) == 1:
        return points[0].words()
    count = f"（共{len(points)}处）"
    first = points[0].problem.rstrip("。；;，,")
    return (first if len(first) + len(count) <= SHOWN else f"{first[: SHOWN - len(count) - 1]}…") + count


def next_open(application: Application) -> Point | None:
    """The first point of a return that was not mended yet and that can be asked for. What the user left as it is on
    purpose, is left."""
    kept = application.steps[-1].problems if application.steps else []
    for point, row in zip(points_of(application), kept, strict=False):
        if not row.get("left") and not _mended(application, point) and (point.field or point.document):
            return point
    return None


def leave(application: Application, wanted: str) -> None:
    """The user says that a field or a document is right as it is: it is not asked for again."""
    if application.stage != Stage.RETURNED or not application.steps:
        return
    step = application.steps[-1]
    step.problems = [
        {**row, "left": "yes"} if wanted in (row.get("field"), row.get("document")) else row for row in step.problems
    ]


def _mended(application: Application, point: Point) -> bool:
    """Whether the value was said again or read again, or the paper sent again, since the return."""
    since = application.steps[-1].entered_at
    if point.field in FIELD_NAMES:
        said = [application.said_by(point.field, source) for source in (Source.TYPED, Source.OCR)]
        return any(row is not None and row.at > since for row in said)
    kind, party = paper_of(point.document)
    return any(photo.received_at > since for photo in application.papers(kind, party))


def told(application: Application) -> str:
    """A return as the user reads it who asks why."""
    points = points_of(application)
    if len(points) > 1:
        return f"申请被退回，有{len(points)}处要改：{reason(points)}\n我一处一处带您改。"
    return f"申请被退回，原因：{reason_in_short(application).rstrip('。')}。"


def told_in_short(application: Application) -> str:
    """The same for an SMS; empty where it is short anyway. Where one of several points is asked for next, the question
    says which, and that question must have its room."""
    points = points_of(application)
    if next_open(application) is not None:
        return f"申请被退回，有{len(points)}处要改，回复“进度”看全部" if len(points) > 1 else "申请被退回"
    return f"申请被退回，有{len(points)}处要改{reason(points)}" if len(points) > 1 else ""


def reason_in_short(application: Application) -> str:
    """Why the application came back, in one line; empty where it did not."""
    if points := points_of(application):
        return in_short(points)
    return next((step.remark for step in reversed(application.steps) if step.decision == "returned"), "")
