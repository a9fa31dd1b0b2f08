"""Runs the rules over what `load` found and turns their hits into findings of the files."""
