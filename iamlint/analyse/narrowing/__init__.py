"""The tightest policy that still allows what was observed, proven within the one there is.

met         which statements a request may have been allowed by
resources   patterns for ARNs that were seen
pieces      what is left of one statement
narrow      the door: levels from tight to wide, the first that fits, and its proof
"""
