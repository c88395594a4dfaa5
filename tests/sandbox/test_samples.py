"""The sample world: the same for the same seed, complete, and with the drift it promises."""

import gzip
import json

import pytest

from tui.domain.content import digest_of
from tui.domain.environment import Kind
from tui.domain.media import INDEXES, OCI_EMPTY, OCI_MANIFEST
from tui.domain.reference import Repository
from tui.sandbox.auth import Acr
from tui.sandbox.recipes import RECIPES
from tui.sandbox.samples import sample_world

SEED = 7


@pytest.fixture(scope="module")
def world():
    return sample_world(SEED)


def repositories(environment):
    store = environment.registry.store
    names = [name for name in store.catalog() if name.startswith(environment.prefix)]
    return {name.removeprefix(environment.prefix): store.tags(name) for name in names}


def everything(world):
    return {each.name: repositories(each) for each in world.environments}


def manifest_of(world, environment, repository, tag):
    found = world.environment(environment)
    name = Repository(found.prefix + repository)
    digest = found.registry.store.tags(name)[tag]
    manifest = found.registry.store.manifest(name, digest)
    assert manifest is not None
    return digest, manifest


def config_of(world, environment, repository, tag):
    found = world.environment(environment)
    name = Repository(found.prefix + repository)
    _, manifest = manifest_of(world, environment, repository, tag)
    if manifest.media_type in INDEXES:
        manifest = found.registry.store.manifest(name, manifest.children[0])
    content = found.registry.store.blob(name, manifest.blobs[0])
    return json.loads(content.data)


def planted(world, reason):
    return next(each for each in world.planted if each.reason == reason)


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
    assert list(found) == [recipe.name for recipe in RECIPES]
    assert all(10 <= len(tags) <= 40 for tags in found.values())


def test_every_manifest_has_all_it_refers_to(world):
    for registry in world.registries().values():
        for name in registry.store.catalog():
            for digest in registry.store.tags(name).values():
                assert registry.store.lacks(name, registry.store.manifest(name, digest)) == []


def test_layers_are_gzip_and_match_the_diff_ids(world):
    store = world.environment("base").registry.store
    _, manifest = manifest_of(world, "base", "shop/cron", "latest")
    layers = [store.blob(Repository("shop/cron"), digest) for digest in manifest.blobs[1:]]
    diff_ids = [str(digest_of(gzip.decompress(layer.data))) for layer in layers]
    assert config_of(world, "base", "shop/cron", "latest")["rootfs"]["diff_ids"] == diff_ids


def test_planted_states_are_there(world):
    found = everything(world)
    for each in world.planted:
        base = found["base"].get(each.repository, {}).get(each.tag)
        here = found[each.environment].get(each.repository, {}).get(each.tag)
        state = "missing" if here is None else "extra" if base is None else "differs"
        if each.state != "unknown":
            assert ("in-sync" if here == base else state) == each.state, each


def test_every_state_and_reason_is_planted(world):
    assert {each.state for each in world.planted} == {"in-sync", "differs", "missing", "extra", "unknown"}
    reasons = {"behind", "flattened", "wrapped", "recompressed", "rebuilt", "foreign", None}
    assert {each.reason for each in world.planted} == reasons


def test_behind_is_another_tag_of_the_base(world):
    each = planted(world, "behind")
    digest, _ = manifest_of(world, each.environment, each.repository, each.tag)
    assert digest in everything(world)["base"][each.repository].values()


def test_flattened_is_a_child_of_the_base_index(world):
    each = planted(world, "flattened")
    digest, _ = manifest_of(world, each.environment, each.repository, each.tag)
    _, base = manifest_of(world, "base", each.repository, each.tag)
    assert digest in base.children


def test_wrapped_holds_the_base_manifest(world):
    each = planted(world, "wrapped")
    _, manifest = manifest_of(world, each.environment, each.repository, each.tag)
    base, _ = manifest_of(world, "base", each.repository, each.tag)
    assert manifest.children == (base,)


def test_recompressed_has_the_same_config_and_other_layers(world):
    each = planted(world, "recompressed")
    _, manifest = manifest_of(world, each.environment, each.repository, each.tag)
    _, base = manifest_of(world, "base", each.repository, each.tag)
    assert manifest.blobs[0] == base.blobs[0]
    assert not set(manifest.blobs[1:]) & set(base.blobs[1:])


@pytest.mark.parametrize(("reason", "same"), [("rebuilt", True), ("foreign", False)])
def test_the_commit_tells_rebuilt_from_foreign(world, reason, same):
    each = planted(world, reason)
    key = "org.opencontainers.image.revision"
    commits = [
        config_of(world, environment, each.repository, each.tag)["config"]["Labels"][key]
        for environment in (each.environment, "base")
    ]
    assert (commits[0] == commits[1]) is same


def test_signatures_are_missing_on_what_came_last_to_prod(world):
    found = {}
    for environment in ("base", "prod"):
        store = world.environment(environment).registry.store
        digest, _ = manifest_of(world, environment, "shop/api", "latest")
        base = world.environment("prod").registry.store.tags(Repository("shop/api"))["latest"]
        assert environment == "base" or digest == base
        found[environment] = len(store.referrers(Repository("shop/api"), base))
    assert found == {"base": 2, "prod": 0}


def test_one_repository_is_forbidden_and_one_registry_slow(world):
    assert world.environment("test").registry.faults.forbidden == {"platform/metrics"}
    assert [name for name, each in world.registries().items() if each.faults.slow] == ["prod"]


def test_labels_try_what_hostile_labels_try(world):
    labels = config_of(world, "base", "tools/backup", "latest")["config"]["Labels"]
    description = labels["org.opencontainers.image.description"]
    assert "\x1b" in description
    assert "[@click=app.quit]" in description


def test_some_images_are_large_enough_to_watch(world):
    store = world.environment("base").registry.store
    _, manifest = manifest_of(world, "base", "platform/runner", "latest")
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
    each = planted(world, "foreign")
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
    versions = sorted(
        (tag for tag in store.tags(name) if tag != "latest"), key=lambda tag: tuple(map(int, tag.split(".")))
    )
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
