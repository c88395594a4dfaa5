"""The bodies of webhooks: from a notification to what each kind of receiver understands. Pure functions."""

import json
from dataclasses import dataclass
from typing import Any, Final, assert_never

from tui.domain.hooks import HookFormat
from tui.domain.notification import Notification
from tui.domain.reference import Digest
from tui.domain.timestamps import format_timestamp

_JSON: Final = "application/json"
_CARD: Final = "application/vnd.microsoft.card.adaptive"
_SLACK: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_TEST: Final = "a test by windlass: nothing was promoted"


@dataclass(frozen=True, slots=True)
class Body:
    """What is posted."""

    content_type: str
    text: str


def body_of(format: HookFormat, notification: Notification, agent: str) -> Body:  # noqa: A002 - the settings' word
    """What `notification` is in `format`; `agent` is who says so, as in a User-Agent."""
    match format:
        case HookFormat.ACR:
            return Body(_JSON, json.dumps(acr(notification, agent)))
        case HookFormat.CLOUDEVENTS:
            return Body("application/cloudevents+json; charset=utf-8", json.dumps(cloudevent(notification)))
        case HookFormat.TEXT:
            return Body(_JSON, json.dumps({"text": sentence(notification).translate(_SLACK)}))
        case HookFormat.TEAMS:
            return Body(_JSON, json.dumps(teams(notification)))
        case _:
            assert_never(format)


def acr(notification: Notification, agent: str) -> dict[str, Any]:
    """What Azure Container Registry posts after a push, or, for a test, what `az acr webhook ping` has it post.

    Its documentation: "Azure Container Registry webhook reference". Its ping has an id, a time and an action only.
    """
    head = {"id": notification.promotion, "timestamp": format_timestamp(notification.at)}
    if notification.is_test:
        return head | {"action": "ping"}
    target = {
        "mediaType": notification.media_type,
        "size": notification.size,
        "digest": str(notification.digest),
        "length": notification.size,
        "repository": notification.target.repository,
        "tag": notification.target.tag,
    }
    request = {
        "id": notification.promotion,
        "host": notification.target.registry,
        "method": "PUT",
        "useragent": agent,
    }
    return head | {"action": "push", "target": target, "request": request}


def cloudevent(notification: Notification) -> dict[str, Any]:
    """A CloudEvent (CloudEvents 1.0, JSON event format, structured mode)."""
    kind = "io.windlass.test" if notification.is_test else "io.windlass.promotion.succeeded"
    return {
        "specversion": "1.0",
        "id": notification.promotion,
        "source": f"urn:windlass:environment:{notification.environment}",
        "type": kind,
        "time": format_timestamp(notification.at),
        "subject": str(notification.target),
        "datacontenttype": _JSON,
        "data": _facts(notification),
    }


def _facts(notification: Notification) -> dict[str, Any]:
    return {
        "promotion": notification.promotion,
        "environment": notification.environment,
        "origin": notification.origin,
        "source": str(notification.source),
        "target": str(notification.target),
        "registry": notification.target.registry,
        "repository": notification.target.repository,
        "tag": notification.target.tag,
        "digest": str(notification.digest),
        "mediaType": notification.media_type,
        "size": notification.size,
        "replaced": str(notification.replaced) if notification.replaced else None,
        "engine": notification.engine,
        "by": notification.by,
        "test": notification.is_test,
    }


def sentence(notification: Notification) -> str:
    """All of it that a person wants to read, on one line."""
    if notification.is_test:
        return f"{notification.environment}: {_TEST}"
    before = f", before that {_brief(notification.replaced)}" if notification.replaced else ""
    now = f"{notification.target} is now {_brief(notification.digest)}{before}"
    return f"{notification.environment}: {now}; promoted from {notification.origin}{_by(notification)}"


def _brief(digest: Digest) -> str:
    return f"{digest.algorithm}:{digest.short}"


def _by(notification: Notification) -> str:
    return f" by {notification.by}" if notification.by else ""


def teams(notification: Notification) -> dict[str, Any]:
    """A message with an Adaptive Card, as the Teams workflow "When a Teams webhook request is received" takes it.

    Text runs are used throughout: a text block would take what is in names for Markdown.
    """
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [_line(_run(_title(notification), size="Medium", weight="Bolder")), *_card_lines(notification)],
    }
    return {"type": "message", "attachments": [{"contentType": _CARD, "contentUrl": None, "content": card}]}


def _title(notification: Notification) -> str:
    if notification.is_test:
        return f"{notification.environment}: {_TEST}"
    return f"Promoted to {notification.environment}: {notification.target.repository}:{notification.target.tag}"


def _card_lines(notification: Notification) -> list[dict[str, Any]]:
    if notification.is_test:
        return []
    told = {
        "Image": str(notification.target),
        "Digest": str(notification.digest),
        "Before": str(notification.replaced or ""),
        "From": f"{notification.origin} ({notification.source})",
        "By": notification.by,
        "Promotion": notification.promotion,
    }
    return [_line(_run(f"{name}: ", weight="Bolder"), _run(value)) for name, value in told.items() if value]


def _line(*runs: dict[str, Any]) -> dict[str, Any]:
    return {"type": "RichTextBlock", "inlines": list(runs)}


def _run(text: str, **look: str) -> dict[str, Any]:
    return {"type": "TextRun", "text": text} | look
