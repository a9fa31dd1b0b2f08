"""What the files of a run hold of one account, before it is joined."""

from datetime import datetime

from iamlint.load.credential_report import Row
from iamlint.load.credentials import Credentials
from iamlint.load.entity import Entity
from iamlint.load.export import Exported

ORDER = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")


class Parts:
    """The entities, rows and answers of one account."""

    def __init__(self) -> None:
        self.folders: set[str] = set()
        self.entities: dict[str, dict[str, Entity]] = {name: {} for name in ORDER}
        self.rows: list[tuple[Row, datetime | None]] = []
        self.exports: list[Exported] = []
        self.kinds: set[str] = set()
        self.keys: list[list[Entity]] = []
        self.last_used: list[tuple[str | None, Entity]] = []
        self.devices: list[list[Entity]] = []
        self.virtual: list[Entity] = []
        self.users: list[Entity] = []
        self.summary: Entity | None = None
        self.password_policy: Entity | None = None
        self.credentials = Credentials()
        self.providers: list[Entity] | None = None
        self.partition = "aws"
