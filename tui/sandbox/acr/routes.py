"""The routes that only Azure Container Registry has."""

from collections.abc import Mapping
from typing import Final

from aiohttp.typedefs import Handler

from tui.sandbox.acr import lists, properties, tokens

# The first that fits serves a request, so the plain name comes last: it would take the others' paths for its own.
ROUTES: Final[Mapping[tuple[str, str], Mapping[str, Handler]]] = {
    ("exchange", "/oauth2/exchange"): {"POST": tokens.exchange},
    ("acr-token", "/oauth2/token"): {"GET": tokens.get_token, "POST": tokens.post_token},
    ("acr-catalog", "/acr/v1/_catalog"): {"GET": lists.list_repositories},
    ("acr-tags", "/acr/v1/{name:.+}/_tags"): {"GET": lists.list_tags},
    ("acr-tag", "/acr/v1/{name:.+}/_tags/{tag}"): {
        "GET": properties.get_tag,
        "PATCH": properties.update_tag,
        "DELETE": properties.delete_tag,
    },
    ("acr-manifests", "/acr/v1/{name:.+}/_manifests"): {"GET": lists.list_manifests},
    ("acr-manifest", "/acr/v1/{name:.+}/_manifests/{digest}"): {
        "GET": properties.get_manifest,
        "PATCH": properties.update_manifest,
    },
    ("acr-repository", "/acr/v1/{name:.+}"): {
        "GET": properties.get_repository,
        "PATCH": properties.update_repository,
        "DELETE": properties.delete_repository,
    },
}
