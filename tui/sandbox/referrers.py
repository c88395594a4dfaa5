"""Referrers: what is attached to a manifest (distribution specification, "Listing Referrers")."""

import json
from collections.abc import Mapping

from aiohttp import web

from tui.domain.media import OCI_INDEX
from tui.domain.reference import Digest
from tui.sandbox.manifest import Manifest
from tui.sandbox.paging import page
from tui.sandbox.paths import STORE, digest_in, repository_in


async def list_referrers(request: web.Request) -> web.Response:
    """An index of the manifests whose subject is the digest; never 404. Raises Refused: DIGEST_INVALID."""
    attached = request.app[STORE].referrers(repository_in(request), digest_in(request))
    wanted = request.query.get("artifactType")
    if wanted is not None:
        attached = {digest: found for digest, found in attached.items() if found.artifact_type == wanted}
    by_text = {str(digest): descriptor(digest, found) for digest, found in attached.items()}
    found = page(request, list(by_text))
    body = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [by_text[text] for text in found.rows]}
    response = web.Response(body=json.dumps(body).encode(), content_type=OCI_INDEX, headers=found.headers)
    if wanted is not None:
        response.headers["OCI-Filters-Applied"] = "artifactType"
    return response


def descriptor(digest: Digest, manifest: Manifest) -> Mapping[str, object]:
    """The row for one referrer. An index without an artifactType has none in its row either."""
    row: dict[str, object] = {
        "mediaType": manifest.media_type,
        "digest": str(digest),
        "size": len(manifest.data),
    }
    if manifest.artifact_type:
        row["artifactType"] = manifest.artifact_type
    if manifest.annotations:
        row["annotations"] = dict(manifest.annotations)
    return row
