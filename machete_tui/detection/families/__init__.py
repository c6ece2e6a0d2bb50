"""One module per stack family: each looks at a folder and drafts a component of its stack, or nothing."""
