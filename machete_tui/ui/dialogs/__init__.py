"""Modal dialogs that ask before something is lost, and say what went wrong."""
