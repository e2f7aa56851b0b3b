"""Keys of the API: who passes, from where, how often, and that a POST acts once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from bot.proxies import work_batch
from domain.evidence import Evidence
from domain.people.staff import Staff
from domain.proxies import batches, keys, requests
from domain.proxies.refusals import Refused
from domain.proxies.tables import Proxy, ProxyBatch, ProxyKey, Scope
from domain.registration.applications import Application
from domain.settings import SettingValue
from tests.support import stores
from tests.support.proxies import WHOLE, Program, program
from tests.support.world import World
from webhooks.api.models import RegistrationIn


def code_of(answer: object) -> tuple[int, str]:
    """The status and the word of a refusal."""
    return answer.status_code, (answer.json or {}).get("code", "")  # type: ignore[attr-defined]


def test_without_a_key_nobody_passes(world: World) -> None:
    """The answer says what to do, as problem+json, and how to authenticate."""
    answer = world.door.get("/api/v1/me")
    assert code_of(answer) == (401, "key_missing")
    assert answer.mimetype == "application/problem+json" and answer.headers["WWW-Authenticate"] == "Bearer"
    assert "Authorization" in answer.json["detail"]


def test_wrong_keys_are_slowed(world: World) -> None:
    """Guessing is refused before anything is looked up for long."""
    wrong = {"Authorization": "Bearer dk_" + "x" * 48}
    answers = [world.door.get("/api/v1/me", headers=wrong) for _ in range(32)]
    assert code_of(answers[0]) == (401, "key_unknown")
    assert code_of(answers[-1]) == (429, "too_many") and answers[-1].headers["Retry-After"] == "60"


def test_a_key_is_kept_as_a_digest(world: World) -> None:
    """Whoever reads the store has no key; its making is evidence."""
    proxy = program(world)
    with world.app.store.read() as session:
        row = session.query(ProxyKey).one()
        assert proxy.key not in (row.prefix, row.mark) and proxy.key.startswith(row.prefix)
        assert session.query(Evidence).filter(Evidence.what == "proxy_key_made").count() == 1
        prefix = row.prefix
    kept = stores.kept(world.database)
    assert prefix.encode() in kept and proxy.key.encode() not in kept


def test_a_key_does_what_its_scopes_say(world: World) -> None:
    """A reading key reads."""
    proxy = program(world, scopes=("read",))
    assert proxy.get("/registrations").status_code == 200
    assert code_of(proxy.post("/registrations", WHOLE)) == (403, "scope_missing")
    assert code_of(proxy.post("/batches", {"items": [WHOLE]})) == (403, "scope_missing")
    assert code_of(proxy.get("/hooks")) == (403, "scope_missing")


def test_a_key_ends_on_its_day(world: World) -> None:
    """And with its revocation, and with its proxy's closing."""
    proxy = program(world, days=10)
    world.now += timedelta(days=10, minutes=1)
    assert code_of(proxy.get("/me")) == (401, "key_expired")


@pytest.mark.parametrize("what", ["key_revoked", "closed"])
def test_a_key_ends_at_once(world: World, what: str) -> None:
    """The next request is refused."""
    proxy = program(world)
    with world.app.store.write() as session:
        by = session.query(Staff).filter_by(login="admin").one()
        if what == "closed":
            keys.set_active(session, by, session.get_one(Proxy, proxy.proxy_id), False, world.now)
        else:
            keys.revoke(session, by, session.query(ProxyKey).one(), world.now)
    assert proxy.get("/me").json["code"] == what


def test_a_key_is_changed_with_an_overlap(world: World) -> None:
    """Both are taken for a while, then the new one alone."""
    proxy = program(world)
    with world.app.store.write() as session:
        by = session.query(Staff).filter_by(login="admin").one()
        _, text = keys.rotate(session, by, session.query(ProxyKey).one(), world.app.random, world.now)
    fresh = Program(world, text, proxy.proxy_id)
    assert (proxy.get("/me").status_code, fresh.get("/me").status_code) == (200, 200)
    world.now += timedelta(hours=73)
    assert code_of(proxy.get("/me")) == (401, "key_expired")
    assert fresh.get("/me").status_code == 200


def test_a_key_comes_from_its_networks(world: World) -> None:
    """Elsewhere it opens nothing."""
    near = program(world, networks=("127.0.0.0/8",))
    far = program(world, name="远方平台", code="P9", networks=("203.0.113.0/24",))
    assert near.get("/me").status_code == 200
    assert code_of(far.get("/me")) == (403, "wrong_network")


def test_a_key_has_limits(world: World) -> None:
    """Each answer says what is left; what is too much says when to come back."""
    proxy = program(world, per_minute=3)
    left = [proxy.get("/me").headers["RateLimit"] for _ in range(3)]
    assert [each.partition('"minute";r=')[2][0] for each in left] == ["2", "1", "0"]
    late = proxy.get("/me")
    assert code_of(late) == (429, "too_many") and 0 < int(late.headers["Retry-After"]) <= 60
    world.now += timedelta(minutes=1)
    assert proxy.get("/me").status_code == 200


def test_a_post_needs_its_key(world: World) -> None:
    """Without it nobody could tell a repeat."""
    proxy = program(world)
    headers = {"Authorization": f"Bearer {proxy.key}"}
    answer = world.door.post("/api/v1/registrations", json=WHOLE, headers=headers)
    assert code_of(answer) == (400, "idempotency_key_missing")


def test_a_repeat_acts_once(world: World) -> None:
    """The same answer comes back; another content under the same key is refused."""
    proxy = program(world)
    first = proxy.post("/registrations", WHOLE, repeat="one")
    again = proxy.post("/registrations", WHOLE, repeat="one")
    assert (again.status_code, again.json) == (201, first.json)
    assert again.headers["Idempotency-Replayed"] == "true" and again.headers["Location"] == first.headers["Location"]
    other = proxy.post("/registrations", {**WHOLE, "contact_name": "李四"}, repeat="one")
    assert code_of(other) == (422, "idempotency_key_reused")
    elsewhere = [f"/registrations/{first.json['id']}/{door}" for door in ("authorisation", "submit")]
    assert proxy.post(elsewhere[0], repeat="two").status_code == 202
    assert code_of(proxy.post(elsewhere[1], repeat="two")) == (422, "idempotency_key_reused"), "another door"
    assert len(proxy.get("/registrations").json["items"]) == 1


def test_two_proxies_may_use_the_same_word_for_a_request(world: World) -> None:
    """Neither is answered with what the other has sent."""
    one, other = program(world), program(world, name="滇中售电有限公司", code="R002")
    first, second = (each.post("/registrations", WHOLE, repeat="1") for each in (one, other))
    assert (first.status_code, second.status_code) == (201, 201)
    assert "Idempotency-Replayed" not in second.headers and first.json["id"] != second.json["id"]


def test_what_was_refused_may_be_sent_again_mended(world: World) -> None:
    """A refusal has changed nothing, so the key is free."""
    proxy = program(world)
    assert proxy.post("/registrations", {"account_number": "05123"}, repeat="one").status_code == 422
    assert proxy.post("/registrations", WHOLE, repeat="one").status_code == 201


def test_an_upload_is_known_by_its_picture(world: World) -> None:
    """The borders of a form differ in each try; the picture does not."""
    proxy = program(world)
    first, again = proxy.upload(repeat="one"), proxy.upload(repeat="one")
    assert first.json["id"] == again.json["id"]
    assert code_of(proxy.upload(b"\xff\xd8\xff another", repeat="one")) == (422, "idempotency_key_reused")


def test_of_many_at_once_one_acts(world: World) -> None:
    """Eight threads send the same request; one registration is made, and nobody is told otherwise."""
    proxy = program(world)
    answers: list[int] = []
    start = threading.Barrier(8)

    def send() -> None:
        client = world.door.application.test_client()
        start.wait()
        headers = {"Authorization": f"Bearer {proxy.key}", "Idempotency-Key": "race"}
        answers.append(client.post("/api/v1/registrations", json=WHOLE, headers=headers).status_code)

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(answers) <= {201, 409} and 201 in answers
    assert len(proxy.get("/registrations").json["items"]) == 1


def test_a_request_whose_worker_died_may_be_tried_again(world: World) -> None:
    """After two minutes nobody works on it any more."""
    proxy = program(world)
    with world.app.store.write() as session:
        begun = requests.begin(session, proxy.proxy_id, "k", "m", world.now)
    with world.app.store.write() as session, pytest.raises(Refused, match="正在办理"):
        requests.begin(session, proxy.proxy_id, "k", "m", world.now + timedelta(minutes=1))
    with world.app.store.write() as session:
        assert requests.begin(session, proxy.proxy_id, "k", "m", world.now + timedelta(minutes=3)) == begun


def test_answers_are_forgotten(world: World) -> None:
    """After the hours of the setting the key is free, and its row is deleted."""
    proxy = program(world)
    proxy.post("/registrations", WHOLE, repeat="one")
    world.now += timedelta(hours=25)
    assert code_of(proxy.post("/registrations", WHOLE, repeat="one")) == (409, "exists")
    with world.app.store.write() as session:
        requests.clear(session, world.now + timedelta(hours=25))
        assert session.query(requests.ProxyRequest).count() == 0


def test_a_batch_takes_what_is_good(world: World) -> None:
    """Each for itself, in order, with its own status."""
    proxy = program(world)
    bad = {**WHOLE, "account_number": "0530010099999999"}
    answer = proxy.post("/batches", {"items": [WHOLE, bad]})
    assert answer.status_code == 207 and (answer.json["succeeded"], answer.json["failed"]) == (1, 1)
    good, wrong = answer.json["items"]
    assert good["status"] == 201 and good["registration"]["account_number"] == WHOLE["account_number"]
    assert wrong["status"] == 422 and wrong["problem"]["problems"][0]["field"] == "account_number"
    other = program(world, name="滇中售电有限公司", code="R002")
    assert code_of(other.get(f"/batches/{answer.json['id']}")) == (404, "not_found")


@pytest.mark.parametrize("how", ["blocked", "closed"])
def test_what_waits_of_a_batch_is_not_filed_for_who_may_not_file_any_more(world: World, how: str) -> None:
    """The proxy was stopped between its request and the worker."""
    proxy = program(world)
    with world.app.store.write() as session:
        row = session.get_one(Proxy, proxy.proxy_id)
        made = batches.keep(session, row, [RegistrationIn(**WHOLE).model_dump()], world.now).id
        row.blocked_at, row.active = (world.now, True) if how == "blocked" else (None, False)
    work_batch(world.app, made)
    with world.app.store.read() as session:
        assert [each.status for each in batches.items_of(session, session.get_one(ProxyBatch, made))] == [403]
        assert session.query(Application).count() == 0


def test_a_large_batch_is_worked_on_later(world: World) -> None:
    """The answer comes at once and says where to look; a repeat makes no second batch."""
    with world.app.store.write() as session:
        session.add(SettingValue(name="proxy_batch_at_once", value=0))
    proxy = program(world)
    answer = proxy.post("/batches", {"items": [WHOLE]}, repeat="one")
    assert (answer.status_code, answer.json["state"]) == (202, "working")
    done = world.door.get(answer.headers["Location"], headers={"Authorization": f"Bearer {proxy.key}"})
    assert (done.json["state"], done.json["succeeded"]) == ("done", 1)
    assert proxy.post("/batches", {"items": [WHOLE]}, repeat="one").json["id"] == done.json["id"]


def test_a_key_says_who_it_is(world: World) -> None:
    """Name, scopes, limits, and the score with what it is made of."""
    me = program(world).get("/me").json
    assert me["scopes"] == [scope.value for scope in Scope] and me["per_minute"] == 120
    assert me["conduct"]["score"] == 100 and len(me["conduct"]["points"]) == 5
