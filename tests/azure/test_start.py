"""What importing the room costs."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["login", "given", "arm", "importers", "clouds"])
def test_importing_loads_no_azure_package(module):
    heavy = "[name for name in sys.modules if name.split('.')[0] in ('azure', 'msal', 'aiohttp', 'requests')]"
    script = f"import sys, tui.azure.{module}; found = {heavy}; print(found); sys.exit(bool(found))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout.strip()) == (0, "[]")
