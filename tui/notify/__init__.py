"""Telling others of a promotion: webhooks and commands; and hearing from them that something was pushed."""
