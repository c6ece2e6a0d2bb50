"""The verbs. One module per noun; each operation is a synchronous generator of events."""
