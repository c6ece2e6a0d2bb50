"""The create wizard: six steps from a source to a running service, one module for each."""

from machete_tui.screens.wizard.screen import WizardScreen

__all__ = ["WizardScreen"]
