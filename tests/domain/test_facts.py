"""What is kept of an image config."""

import json

from tui.domain.config import parse_config
from tui.domain.facts import facts_of


def test_credentials_in_the_address_of_the_source_are_not_kept() -> None:
    labels = {"org.opencontainers.image.source": "https://x-access-token:hunter2@git.example/shop/api"}
    body = json.dumps({"os": "linux", "architecture": "amd64", "config": {"Labels": labels}}).encode()
    facts = facts_of(parse_config(body))
    assert "hunter2" not in repr(facts)
    assert facts.identity.source.endswith("@git.example/shop/api")
