"""The board on a terminal: the only room that knows Textual."""
