"""What screens share: the bridge from events to messages, palette commands, widgets."""
