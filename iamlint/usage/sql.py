"""The aggregation as one SQL text: here over the events that were read, elsewhere over the table of a trail.

It is written in DuckDB's dialect and put into others by `sqlglot`. What differs is only where the columns come from:
`SOURCE_LOCAL` is the table that `iamlint usage` fills, `source(table)` the table that AWS's documentation creates for a
trail in Athena ("Creating a table for CloudTrail logs", Athena user guide).
"""

from typing import Final

from iamlint.usage.named import PARAMETERS
from iamlint.usage.record import FIELDS

COLUMNS: Final = (
    "eventsource",
    "eventname",
    "service_event",
    "region",
    "account",
    "principal_type",
    "principal",
    "access_key",
    "source_address",
    "vpc_endpoint",
    "via",
    "mfa",
    "agent",
    "outcome",
    "named",
    "events",
    "first_seen",
    "last_seen",
)
"""The columns of the result."""

ENGINES: Final = ("duckdb", "athena", "spark")

# A session is folded to its role; without the role's ARN, to the role as the session's ARN tells it, which lacks the
# path. Refusals: "Denied calls" above all; throttled calls tell nothing. An event is counted once however often it was
# delivered.
_AGGREGATION: Final = """
WITH flat AS (
{source}
),
told AS (
  SELECT
    events, first_seen, last_seen, eventsource, eventname,
    CASE WHEN eventtype IN ('AwsServiceEvent', 'AwsConsoleSignIn', 'AwsConsoleAction', 'AwsVpceEvent',
      'AwsCloudTrailInsight') THEN eventtype ELSE '' END AS service_event,
    awsregion AS region,
    CASE WHEN recipientaccountid <> '' THEN recipientaccountid ELSE identity_account END AS account,
    identity_type AS principal_type,
    CASE
      WHEN issuer_arn <> '' THEN issuer_arn
      WHEN identity_arn LIKE 'arn:%:sts::%:assumed-role/%'
        THEN REPLACE(SPLIT_PART(identity_arn, ':assumed-role/', 1), ':sts:', ':iam:') || ':role/'
          || SPLIT_PART(SPLIT_PART(identity_arn, ':assumed-role/', 2), '/', 1)
      WHEN identity_arn LIKE 'arn:%:sts::%:federated-user/%'
        THEN REPLACE(REPLACE(identity_arn, ':sts:', ':iam:'), ':federated-user/', ':user/')
      WHEN identity_arn <> '' THEN identity_arn
      WHEN identity_type = 'AWSService' OR identity_type = '' THEN invokedby
      ELSE identity_account
    END AS principal,
    CASE WHEN accesskeyid LIKE 'ASIA%' THEN 'temporary' ELSE accesskeyid END AS access_key,
    sourceipaddress AS source_address,
    vpcendpointid AS vpc_endpoint,
    CASE
      WHEN invokedby <> '' THEN invokedby
      WHEN sourceipaddress = 'AWS Internal' OR sourceipaddress LIKE '%.amazonaws.com' THEN sourceipaddress
      ELSE ''
    END AS via,
    mfa,
    CASE WHEN useragent LIKE '[%]' THEN SUBSTR(useragent, 2, LENGTH(useragent) - 2) ELSE useragent END AS agent,
    CASE
      WHEN errorcode IN ('AccessDenied', 'AccessDeniedException', 'Client.UnauthorizedOperation',
        'UnauthorizedOperation', 'Client.UnauthorizedAccess', 'NotAuthorized', 'AuthorizationError') THEN 'denied'
      WHEN errorcode LIKE '%Throttl%' OR errorcode LIKE '%RequestLimitExceeded' OR errorcode = 'SlowDown'
        THEN 'unknown'
      ELSE 'passed'
    END AS outcome,
    named
  FROM flat
)
SELECT
  {dimensions},
  SUM(events) AS events,
  MIN(first_seen) AS first_seen,
  MAX(last_seen) AS last_seen
FROM told
GROUP BY
  {dimensions}
"""

_DIMENSIONS: Final = ",\n  ".join(COLUMNS[:-3])

ONCE: Final = (
    "CREATE TABLE once AS SELECT MIN(number) AS number, MIN(eventtime) AS eventtime FROM events GROUP BY eventid",
    "DROP TABLE events",
    "CREATE TABLE counted AS SELECT number, COUNT(*) AS events, MIN(eventtime) AS first_seen, "
    "MAX(eventtime) AS last_seen FROM once GROUP BY number",
    "DROP TABLE once",
)
"""Before, step by step, so that no step holds what another needs: each event once, counted by what it says."""

SOURCE_LOCAL: Final = """  SELECT c.events, STRFTIME(c.first_seen, '%Y-%m-%dT%H:%M:%SZ') AS first_seen,
    STRFTIME(c.last_seen, '%Y-%m-%dT%H:%M:%SZ') AS last_seen, f.*
  FROM facts AS f JOIN counted AS c ON c.number = f.number"""


def source(table: str) -> str:
    """The columns out of a trail's table; a request's parameters are JSON text there."""
    named = " ||\n      ".join(
        f"COALESCE(CHR(31) || '{name}=' || JSON_EXTRACT_STRING(requestparameters, '$.\"{name}\"'), '')"
        for name in sorted(PARAMETERS)
    )
    plain = FIELDS[: FIELDS.index("identity_type")]
    columns = [f"COALESCE({name}, '') AS {name}" for name in plain]
    nested = {
        "identity_type": "useridentity.type",
        "identity_arn": "useridentity.arn",
        "identity_account": "useridentity.accountid",
        "issuer_arn": "useridentity.sessioncontext.sessionissuer.arn",
        "accesskeyid": "useridentity.accesskeyid",
        "invokedby": "useridentity.invokedby",
        "mfa": "useridentity.sessioncontext.attributes.mfaauthenticated",
    }
    columns += [f"COALESCE({path}, '') AS {name}" for name, path in nested.items()]
    listed = ",\n    ".join(columns)
    return f"""  SELECT 1 AS events, eventtime AS first_seen, eventtime AS last_seen, once.*
  FROM (
    SELECT DISTINCT eventid, eventtime,
    {listed},
    {named} AS named
    FROM {table}
  ) AS once"""  # noqa: S608


def aggregation(from_: str = SOURCE_LOCAL) -> str:
    """The whole text, in DuckDB's dialect."""
    return _AGGREGATION.format(source=from_, dimensions=_DIMENSIONS).strip() + "\n"


def printed(engine: str, table: str = "cloudtrail_logs") -> str:
    """The text for another engine, over the table of a trail. Raises ValueError for an engine or name it knows not."""
    if engine not in ENGINES:
        raise ValueError(f"no dialect {engine!r}: {', '.join(ENGINES)}")
    if not all(part.isidentifier() and part.isascii() for part in table.split(".")):
        raise ValueError(f"not the name of a table: {table!r}")
    text = aggregation(source(table))
    if engine == "duckdb":
        return text
    import sqlglot

    return sqlglot.transpile(text, read="duckdb", write=engine, pretty=True)[0] + "\n"
