"""A client that others wrote, against the embedded registry."""

import asyncio
import os
import shutil

import pytest

from tui.domain.reference import Repository
from tui.sandbox.auth import Acr
from tui.sandbox.images import index, push_into
from tui.sandbox.registry import Registry
from tui.sandbox.server import serve_registry

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(shutil.which("skopeo") is None and not os.environ.get("CI"), reason="skopeo is not installed"),
]


async def skopeo(*arguments):
    process = await asyncio.create_subprocess_exec(
        "skopeo", *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    output, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    return output


@pytest.fixture
async def address(registry):
    async with serve_registry(registry) as found:
        yield found


async def test_inspect_reads_the_manifest(address, registry, small):
    push_into(registry, "shop/api", small, "1.0.0")
    found = await skopeo("inspect", "--raw", "--tls-verify=false", f"docker://{address}/shop/api:1.0.0")
    assert found == small.manifest


async def test_copy_out_and_in_again_keeps_the_digest(address, registry, small, tmp_path):
    whole = index([small])
    push_into(registry, "shop/api", whole, "1.0.0")
    folder = f"dir:{tmp_path}/image"
    copy = ("copy", "--all", "--insecure-policy", "--preserve-digests")
    await skopeo(*copy, "--src-tls-verify=false", f"docker://{address}/shop/api:1.0.0", folder)
    await skopeo(*copy, "--dest-tls-verify=false", folder, f"docker://{address}/shop/copy:1.0.0")
    assert registry.store.tags(Repository("shop/copy")) == {"1.0.0": whole.digest}


async def test_a_sample_registry_of_azures_kind_takes_it_without_a_login(small):
    azure = Registry("sample", auth=Acr(open=True))
    push_into(azure, "shop/api", small, "1.0.0")
    copy = ("copy", "--insecure-policy", "--preserve-digests", "--src-tls-verify=false", "--dest-tls-verify=false")
    async with serve_registry(azure) as address:
        await skopeo(*copy, f"docker://{address}/shop/api:1.0.0", f"docker://{address}/shop/copy:1.0.0")
    assert azure.store.tags(Repository("shop/copy")) == {"1.0.0": small.digest}
