"""What was really used, from where, by what: CloudTrail logs to one table, and what follows from it.

DuckDB and msgspec, the extra `usage`, are loaded when a trail or a table is read. Each module is loaded when something
of it is first asked for.
"""
