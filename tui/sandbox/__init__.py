"""Embedded registries: the OCI distribution API whole, in this process, with faults to switch on and sample images.

They serve the demo, the tests and anyone's experiments. Start at `server.serve` for a whole world of environments,
or at `registry.Registry` and `server.serve_registry` for a single one; `images` builds what goes in, `faults` what
goes wrong. `arm` is the Resource Manager beside them.
"""
