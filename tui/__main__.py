"""`python -m tui` is `windlass`."""

from tui.cli.main import run

if __name__ == "__main__":
    run()
