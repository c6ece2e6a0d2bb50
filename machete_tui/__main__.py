"""``python -m machete_tui``."""

from machete_tui.cli import main

raise SystemExit(main())
