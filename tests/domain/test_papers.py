"""Whose a paper is: by what it says, and where it says nothing by what a person has said of it."""

from __future__ import annotations

import pytest

from domain.registration.applications import Application, FieldValue, Photo, Source
from domain.registration.papers import read_of, sort_papers
from domain.registration.readings import DocumentKind
from tests.support.tenants import OWNER, TENANT, letter
from tests.support.world import START


def payer(*photos: Photo) -> Application:
    """A payer who has named the owner and the tenant."""
    named = {"owner_name": OWNER.name, "tenant_name": TENANT.name, "name": "昆明滇星机械制造有限公司"}
    rows = [FieldValue(name=name, source=Source.TYPED, value=value, at=START) for name, value in named.items()]
    return Application(kind="payer", decided={}, later=[], values=rows, photos=list(photos))


def photo(party: str, **fields: str) -> Photo:
    return Photo(kind=DocumentKind.LETTER, party=party, reading=letter(**fields).to_json(), received_at=START)


@pytest.mark.parametrize(
    ("grantor", "said", "whose"),
    [
        (TENANT.name, "", "tenant"),
        (OWNER.name, "tenant", "owner"),
        ("某某看不清", "tenant", "tenant"),
    ],
    ids=["its words", "its words against what was said", "what was said"],
)
def test_whose_a_letter_is(grantor: str, said: str, whose: str) -> None:
    application = payer(photo(said, grantor=grantor))
    sort_papers(application)
    assert application.photos[0].party == whose


def test_a_seal_that_one_page_shows_is_there() -> None:
    """The page without it says nothing against it; of what is read the newest page counts."""
    first, second = photo("owner", seal="yes", valid_to="2027-12-31"), photo("owner", seal="no", valid_to="2028-12-31")
    read = read_of(payer(first, second), DocumentKind.LETTER, "owner")
    assert (read["seal"].value, read["valid_to"].value) == ("yes", "2028-12-31")
