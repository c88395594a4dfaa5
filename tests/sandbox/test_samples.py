"""The sample world: the same for the same seed, complete, and with the drift it promises."""

import gzip
import json

import pytest

from tests.sandbox.looking import (
    config_of,
    digest_of_tag,
    images_of,
    labels_of,
    manifest_of,
    planted,
    repositories,
)
from tui.domain.content import RawManifest, digest_of, parse_manifest
from tui.domain.environment import Kind
from tui.domain.media import OCI_EMPTY, OCI_MANIFEST
from tui.domain.reference import Repository
from tui.domain.signature_formats import SIMPLE_SIGNING, read_simple_signing
from tui.sandbox.auth import Acr
from tui.sandbox.recipes import RECIPES
from tui.sandbox.sample_key import public_key
from tui.sandbox.samples import sample_world
from tui.trust.keys import PublicKeys

SEED = 7


@pytest.fixture(scope="module")
def world():
    return sample_world(SEED)


def version(tag):
    return tuple(map(int, tag.split(".")))


def ends(world, repository):
    """The newest and the oldest plain version."""
    tags = repositories(world.environment("base"))[repository]
    versions = sorted((tag for tag in tags if tag.count(".") == 2 and "-" not in tag), key=version)
    return versions[-1], versions[0]


def everything(world):
    return {each.name: repositories(each) for each in world.environments}


def test_the_same_seed_makes_the_same_world(world):
    assert everything(sample_world(SEED)) == everything(world)


def test_another_seed_makes_another(world):
    assert everything(sample_world(SEED + 1)) != everything(world)


@pytest.mark.parametrize("seed", range(12))
def test_any_seed_makes_a_world(seed):
    assert sample_world(seed).names() == ["base", "dev", "test", "prod"]


def test_only_prod_is_protected(world):
    assert [each.name for each in world.environments if each.protected] == ["prod"]


def test_each_environment_has_a_registry_of_its_own(world):
    assert list(world.registries()) == ["base", "dev", "test", "prod"]


def test_the_base_has_a_dozen_repositories_with_ten_to_forty_tags(world):
    found = repositories(world.environment("base"))
    assert list(found) == sorted(recipe.name for recipe in RECIPES)
    assert all(10 <= len(tags) <= 40 for tags in found.values())


def test_every_manifest_has_all_it_refers_to(world):
    for registry in world.registries().values():
        for name in registry.store.catalog():
            for digest in registry.store.tags(name).values():
                assert registry.store.lacks(name, registry.store.manifest(name, digest)) == []


def test_layers_are_gzip_and_match_the_diff_ids(world):
    store = world.environment("base").registry.store
    manifest = manifest_of(world, "base", "shop/cron", "latest")
    layers = [store.blob(Repository("shop/cron"), digest) for digest in manifest.blobs[1:]]
    diff_ids = [str(digest_of(gzip.decompress(layer.data))) for layer in layers]
    assert config_of(world, "base", "shop/cron", "latest")["rootfs"]["diff_ids"] == diff_ids


def test_signatures_are_missing_on_what_came_last_to_prod(world):
    found = {}
    for environment in ("base", "prod"):
        store = world.environment(environment).registry.store
        digest = digest_of_tag(world, environment, "shop/api", "latest")
        base = world.environment("prod").registry.store.tags(Repository("shop/api"))["latest"]
        assert environment == "base" or digest == base
        found[environment] = len(store.referrers(Repository("shop/api"), base))
    assert found == {"base": 2, "prod": 0}


async def test_signatures_are_verified_with_the_key_that_everybody_has(world, tmp_path):
    (tmp_path / "key.pub").write_text(public_key())
    store, name = world.environment("base").registry.store, Repository("shop/api")
    digest = digest_of_tag(world, "base", "shop/api", "latest")
    layers = [
        parse_manifest(RawManifest(each.media_type, each.data, found)).layers[0]
        for found, each in store.referrers(name, digest).items()
    ]
    (layer,) = [each for each in layers if each.media_type == SIMPLE_SIGNING]
    signed = read_simple_signing(layer, store.blob(name, layer.digest).data, digest)
    assert await PublicKeys().verifies(str(tmp_path / "key.pub"), signed.message, signed.signature)


def test_one_repository_is_forbidden_and_one_registry_slow(world):
    assert world.environment("test").registry.faults.forbidden == {"platform/metrics"}
    assert [name for name, each in world.registries().items() if each.faults.slow] == ["prod"]


@pytest.mark.parametrize("trick", ["\x1b", "[@click=app.quit]", "\u202e", "\x00", "\n", "\x9b", "\u2028"])
def test_labels_try_what_hostile_labels_try(world, trick):
    assert trick in "".join(labels_of(world, "base", "tools/backup", "latest").values())


def test_hostile_labels_are_many_and_long(world):
    labels = labels_of(world, "base", "tools/backup", "latest")
    assert len(labels) > 100
    assert max(map(len, labels.values())) > 10_000


def test_what_a_container_starts_with_changed_from_some_release_on(world):
    newest, oldest = (config_of(world, "base", "shop/checkout", tag)["config"] for tag in ends(world, "shop/checkout"))
    told = ("Env", "Cmd", "User", "ExposedPorts", "WorkingDir", "Entrypoint")
    assert [field for field in told if newest[field] == oldest[field]] == ["Entrypoint"]
    bases = [each["Labels"]["org.opencontainers.image.base.digest"] for each in (newest, oldest)]
    assert bases[0] != bases[1]


def test_a_secret_was_left_in_a_variable_and_one_in_a_label(world):
    variables = config_of(world, "base", "shop/payments", "latest")["config"]["Env"]
    assert [each for each in variables if each.startswith("DB_PASSWORD=")]
    assert labels_of(world, "base", "platform/auth", "latest")["com.example.ci.token"]


def test_one_image_has_no_labels(world):
    _, oldest = ends(world, "platform/gateway")
    assert labels_of(world, "base", "platform/gateway", oldest) == {}


@pytest.mark.parametrize("repository", ["shop/web", "platform/auth"])
def test_a_minor_tag_is_the_newest_patch(world, repository):
    tags = repositories(world.environment("base"))[repository]
    minors = [tag for tag in tags if tag.count(".") == 1 and "-" not in tag]
    for minor in minors:
        patches = sorted((tag for tag in tags if tag.startswith(f"{minor}.") and "-" not in tag), key=version)
        assert tags[minor] == tags[patches[-1]]
    assert len(minors) > 1


def test_signatures_of_platforms_are_attached_to_each_and_missing_on_what_came_last_to_prod(world):
    found = {}
    for environment in ("base", "prod"):
        store, name = world.environment(environment).registry.store, Repository("platform/auth")
        images = images_of(world, "prod", "platform/auth", "latest")
        found[environment] = [len(store.referrers(name, digest_of(image.data))) for image in images]
    assert found == {"base": [2, 2], "prod": [0, 0]}


def test_older_signatures_have_tags_and_prod_has_fewer(world):
    held = {each.name: repositories(each)["platform/gateway"] for each in world.environments}
    found = {name: [tag for tag in tags if tag.startswith("sha256-")] for name, tags in held.items()}
    assert {name: len(tags) for name, tags in found.items()} == {"base": 9, "dev": 9, "test": 6, "prod": 3}
    assert {tag.rpartition(".")[2] for tag in found["prod"]} == {"sig", "att", "sbom"}


def test_some_images_are_large_enough_to_watch(world):
    store = world.environment("base").registry.store
    manifest = manifest_of(world, "base", "platform/runner", "latest")
    sizes = [store.blob(Repository("platform/runner"), digest).size for digest in manifest.blobs]
    assert max(sizes) > 4 * 1024 * 1024


def test_test_and_prod_are_azures_in_kind(world):
    assert [each.name for each in world.environments if each.kind is Kind.ACR] == ["test", "prod"]
    assert all(isinstance(each.registry.auth, Acr) == (each.kind is Kind.ACR) for each in world.environments)


def locks(environment):
    store = environment.registry.store
    return [
        (name, tag)
        for name in store.catalog()
        for tag in store.tags(name)
        if not store.record(name, tag).attributes.writable
    ]


def test_one_tag_is_locked_and_not_what_the_base_has(world):
    each = next(each for each in planted(world, "foreign") if each.repository == "shop/cron")
    found = {environment.name: locks(environment) for environment in world.environments}
    assert found == {"base": [], "dev": [], "test": [], "prod": [(each.repository, each.tag)]}


@pytest.mark.parametrize(("earlier", "later"), [("base", "dev"), ("dev", "test"), ("test", "prod")])
def test_a_promoted_tag_is_younger_the_farther_it_came(world, earlier, later):
    each = next(each for each in world.planted if each.state == "in-sync")
    name, tag = Repository(each.repository), each.tag
    times = [world.environment(place).registry.store.record(name, tag).created for place in (earlier, later)]
    assert times == sorted(set(times))


def test_tags_came_one_after_the_other(world):
    store, name = world.environment("base").registry.store, Repository("shop/cron")
    versions = sorted((tag for tag in store.tags(name) if tag != "latest"), key=version)
    times = [store.record(name, tag).created for tag in versions]
    assert times == sorted(set(times))


@pytest.mark.parametrize("name", ["base", "test"])
async def test_a_client_without_a_login_pushes_and_pulls(world, name, connect):
    client, data = await connect(world.environment(name).registry), b"{}"
    manifest: dict[str, object] = {"schemaVersion": 2, "mediaType": OCI_MANIFEST, "layers": []}
    manifest["config"] = {"mediaType": OCI_EMPTY, "digest": str(digest_of(data)), "size": len(data)}
    async with client.post("/v2/new/thing/blobs/uploads/", params={"digest": str(digest_of(data))}, data=data) as blob:
        assert blob.status == 201
    pushed, kind = json.dumps(manifest).encode(), {"Content-Type": OCI_MANIFEST}
    async with client.put("/v2/new/thing/manifests/1.0", data=pushed, headers=kind) as put:
        assert put.status == 201
    async with client.get("/v2/new/thing/manifests/1.0", headers={"Accept": OCI_MANIFEST}) as got:
        assert await got.read() == pushed
    world.environment(name).registry.store.delete_repository(Repository("new/thing"))


async def test_a_guest_of_azures_kind_gets_a_token_for_its_own_lists(world, connect):
    client = await connect(world.environment("prod").registry)
    async with client.get("/acr/v1/shop/cron/_tags") as refused:
        assert refused.status == 401
    query = {"service": refused.url.authority, "scope": "repository:shop/cron:metadata_read"}
    async with client.get("/oauth2/token", params=query) as given:
        token = (await given.json())["access_token"]
    async with client.get("/acr/v1/shop/cron/_tags", headers={"Authorization": f"Bearer {token}"}) as answered:
        rows = (await answered.json())["tags"]
    assert [row["changeableAttributes"]["writeEnabled"] for row in rows].count(False) == 1
