"""The one room that sees every room: settings into registries, engines and journal, and those into a workbench.

What is heavy to import (aiohttp, docker, Azure's packages, Textual, the sandbox) is imported where it is first needed:
a board paints before its first request, and a headless command never loads a screen.
"""
