"""One file per rule; the file name is the rule id with underscores."""
