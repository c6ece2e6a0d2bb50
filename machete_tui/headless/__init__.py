"""``--run``: one action or a script of them without a screen.

stdout is data, stderr is progress, and :mod:`machete_tui.headless.diagnostics` owns the exit codes.
"""
