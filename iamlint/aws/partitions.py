"""Partitions: separate sets of regions, the second field of an ARN.

From "Amazon Resource Names (ARNs)" (AWS General Reference) and the partitions of AWS's SDKs.
"""

PARTITIONS = ("aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc")


def is_partition(text: str) -> bool:
    """True iff the text is exactly the name of a partition."""
    return text in PARTITIONS
