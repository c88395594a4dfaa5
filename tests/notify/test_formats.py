"""What each kind of receiver is sent."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.notify.receivers import NOTIFICATION, ONE, TEST, receiver, tell, webhook
from tui.domain.hooks import HookFormat
from tui.notify.formats import body_of

HOSTILE = replace(NOTIFICATION, by='<!channel> & [x](http://evil.example) "\n')


def document(shape: HookFormat, notification: Any = NOTIFICATION) -> Any:
    return json.loads(body_of(shape, notification, "windlass/1").text)


def test_acr_is_what_a_push_to_azure_posts() -> None:
    assert document(HookFormat.ACR) == {
        "id": "3f2a91c0be12",
        "timestamp": "2026-11-24T12:30:15.000Z",
        "action": "push",
        "target": {
            "mediaType": "application/vnd.oci.image.index.v1+json",
            "size": 1234,
            "digest": str(ONE),
            "length": 1234,
            "repository": "apps/shop/api",
            "tag": "1.2.0",
        },
        "request": {
            "id": "3f2a91c0be12",
            "host": "prod.azurecr.io",
            "method": "PUT",
            "useragent": "windlass/1",
        },
    }


def test_acr_tests_with_a_ping_that_names_no_image() -> None:
    assert document(HookFormat.ACR, TEST) == {
        "id": "3f2a91c0be12",
        "timestamp": "2026-11-24T12:30:15.000Z",
        "action": "ping",
    }


def test_cloudevent_has_every_required_attribute_and_all_data() -> None:
    event = document(HookFormat.CLOUDEVENTS)
    assert {name: value for name, value in event.items() if name != "data"} == {
        "specversion": "1.0",
        "id": "3f2a91c0be12",
        "source": "urn:windlass:environment:prod",
        "type": "io.windlass.promotion.succeeded",
        "time": "2026-11-24T12:30:15.000Z",
        "subject": "prod.azurecr.io/apps/shop/api:1.2.0",
        "datacontenttype": "application/json",
    }
    assert event["data"]["digest"] == str(ONE)
    assert event["data"]["replaced"] == "sha256:" + "2" * 64
    assert event["data"]["source"] == f"test.io/shop/api:1.2.0@{ONE}"
    assert (event["data"]["by"], event["data"]["test"]) == ("ann@contoso.com", False)


def test_cloudevent_of_a_test_is_of_another_type() -> None:
    event = document(HookFormat.CLOUDEVENTS, TEST)
    assert (event["type"], event["data"]["test"]) == ("io.windlass.test", True)


def test_text_is_one_sentence() -> None:
    assert document(HookFormat.TEXT) == {
        "text": "prod: prod.azurecr.io/apps/shop/api:1.2.0 is now sha256:11111111, before that sha256:22222222; "
        "promoted from test by ann@contoso.com"
    }


def test_text_lets_no_name_speak_to_slack() -> None:
    assert "&lt;!channel&gt; &amp; [x]" in document(HookFormat.TEXT, HOSTILE)["text"]


def test_teams_is_a_message_with_a_card() -> None:
    message = document(HookFormat.TEAMS)
    assert message["type"] == "message"
    (attachment,) = message["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert attachment["contentUrl"] is None
    card = attachment["content"]
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
    told = [" ".join(run["text"] for run in block["inlines"]) for block in card["body"]]
    assert told[0] == "Promoted to prod: apps/shop/api:1.2.0"
    assert f"Digest:  {ONE}" in told


def test_teams_is_given_no_text_that_it_takes_for_markdown() -> None:
    (attachment,) = document(HookFormat.TEAMS, HOSTILE)["attachments"]
    kinds = {run["type"] for block in attachment["content"]["body"] for run in block["inlines"]}
    assert kinds == {"TextRun"}


@pytest.mark.parametrize("shape", HookFormat)
def test_test_says_so(shape: HookFormat) -> None:
    told = body_of(shape, TEST, "windlass/1").text
    assert "test" in told or '"ping"' in told
    assert told != body_of(shape, NOTIFICATION, "windlass/1").text


@pytest.mark.parametrize(
    ("shape", "content_type"),
    [
        (HookFormat.ACR, "application/json"),
        (HookFormat.CLOUDEVENTS, "application/cloudevents+json; charset=utf-8"),
        (HookFormat.TEXT, "application/json"),
        (HookFormat.TEAMS, "application/json"),
    ],
)
async def test_arrives_whole(shape: HookFormat, content_type: str) -> None:
    async with receiver() as taken:
        assert await tell(webhook(f"{taken.address}/hook", shape)) == "200 OK"
    (request,) = taken.requests
    assert request.document == document(shape)
    assert (request.headers["Content-Type"], request.headers["User-Agent"]) == (content_type, "windlass/1")
