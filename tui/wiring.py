"""The one module that sees every room: settings into readers, engines and journal."""
