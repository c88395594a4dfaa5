"""The command line, on a workbench of fakes and, at last, as a process."""
