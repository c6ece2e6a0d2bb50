"""The log view: what is shown of a spool, how a line is laid out, and the widget that paints it."""
