"""From what a rule drafts to a rewrite with its proof: what it grants against the original, wherever it stands."""
