"""The first shape of the file, as SQL and for ever: a released step is frozen.

Longer than a usual file because it lists every table once, as it was then.
"""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None

TABLES = (
    """CREATE TABLE account (
        n INTEGER NOT NULL,
        committee_id TEXT NOT NULL,
        id TEXT NOT NULL,
        name TEXT,
        roles TEXT,
        PRIMARY KEY (n),
        UNIQUE (committee_id, id)
    ) """,
    """CREATE TABLE arrival (
        n INTEGER NOT NULL,
        committee_id TEXT NOT NULL,
        id TEXT NOT NULL,
        resident TEXT,
        origin TEXT,
        overseas INTEGER,
        arrived_on TEXT,
        transport TEXT,
        transport_no TEXT,
        PRIMARY KEY (n),
        UNIQUE (committee_id, id)
    ) """,
    """CREATE INDEX arrival_by_resident ON arrival (resident) WHERE resident IS NOT NULL """,
    """CREATE TABLE batch (
        n INTEGER NOT NULL,
        committee_id TEXT NOT NULL,
        id TEXT NOT NULL,
        chain INTEGER NOT NULL,
        at TEXT NOT NULL,
        account TEXT NOT NULL,
        action TEXT NOT NULL,
        purpose TEXT NOT NULL,
        format INTEGER NOT NULL,
        refused TEXT,
        PRIMARY KEY (n),
        UNIQUE (committee_id, id)
    ) """,
    """CREATE TABLE block (
        n INTEGER NOT NULL,
        committee_id TEXT NOT NULL,
        id TEXT NOT NULL,
        estate TEXT,
        label TEXT,
        worker_name TEXT,
        worker_phone TEXT,
        geometry TEXT,
        PRIMARY KEY (n),
        UNIQUE (committee_id, id)
    ) """,
    """CREATE INDEX block_by_estate ON block (estate) WHERE estate IS NOT NULL """,
    """CREATE TABLE building (
        n INTEGER NOT NULL,
        committee_id TEXT NOT NULL,
        id TEXT NOT NULL,
        estate TEXT,
        lane TEXT,
        number TEXT,
        block TEXT,
        units INTEGER,
        floors INTEGER,
        rooms_per_floor INTEGER,
        leader_name TEXT,
        leader_phone TEXT,
        leader_room TEXT,
        wechat_group TEXT,
        geometry TEXT,
        PRIMARY KEY (n),
        UNIQUE (committee_id, id)
    ) """,
    """CREATE INDEX building_by_block ON building (block) WHERE block IS NOT NULL """,
    """CREATE INDEX building_by_estate ON building (estate) WHERE estate IS NOT NULL """,
    """CREATE TABLE chain (
        n INTEGER NOT NULL,
        device TEXT NOT NULL,
        epoch TEXT NOT NULL,
        committee_id TEXT NOT NULL,
        seq INTEGER NOT NULL,
        head BLOB NOT NULL,
        current INTEGER NOT NULL,
        PRIMARY KEY (n),
        UNIQUE (committee_id, device, epoch)
    ) """,
    """CREATE TABLE committee (
        n INTEGER NOT NULL,
        committee_id TEXT NOT NULL,
        id TEXT NOT NULL,
        name TEXT,
        code TEXT,
        "group" TEXT,
        PRIMARY KEY (n),
        UNIQUE (committee_id, id)
    ) """,
    """CREATE INDEX committee_by_group ON committee ("group") WHERE "group" IS NOT NULL """,
    """CREATE TABLE "conflict" (
        committee_id TEXT NOT NULL,
        entity TEXT NOT NULL,
        "row" TEXT NOT NULL,
        field TEXT NOT NULL,
        PRIMARY KEY (committee_id, "row", field)
    ) """,
    """CREATE TABLE doubtful (
        n INTEGER NOT NULL,
        committee_id TEXT NOT NULL,
        id TEXT NOT NULL,
        file TEXT,
        sheet TEXT,
        "row" INTEGER,
        reason TEXT,
        candidate TEXT,
        "values" TEXT,
        values_sensitive TEXT,
        decision TEXT,
        PRIMARY KEY (n),
        UNIQUE (committee_id, id)
    ) """,
    """CREATE INDEX doubtful_by_candidate ON doubtful (candidate) WHERE candidate IS NOT NULL """,
    """CREATE TABLE dwelling (
        n INTEGER NOT NULL,
        committee_id TEXT NOT NULL,
        id TEXT NOT NULL,
        building TEXT,
        unit TEXT,
        room TEXT,
        floor INTEGER,
        floor_label TEXT,
        use TEXT,
        state TEXT,
        note TEXT,
        PRIMARY KEY (n),
        UNIQUE (committee_id, id)
    ) """,
    """CREATE INDEX dwelling_by_building ON dwelling (building) WHERE building IS NOT NULL """,
    """CREATE TABLE entry (
        id INTEGER NOT NULL,
        batch INTEGER NOT NULL,
        action TEXT NOT NULL,
        entity TEXT NOT NULL,
        entity_id TEXT NOT NULL,
        erases TEXT,
        detail TEXT,
        digest BLOB NOT NULL,
        parts BLOB NOT NULL,
        PRIMARY KEY (id)
    ) """,
    """CREATE INDEX entry_acts ON entry (action) WHERE (action NOT IN ('create', 'change')) """,
    """CREATE INDEX entry_of_batch ON entry (batch) """,
    """CREATE INDEX entry_of_row ON entry (entity_id) """,
    """CREATE TABLE estate (
        n INTEGER NOT NULL,
        committee_id TEXT NOT NULL,
        id TEXT NOT NULL,
        name TEXT,
        kind TEXT,
        geometry TEXT,
        note TEXT,
        PRIMARY KEY (n),
        UNIQUE (committee_id, id)
    ) """,
    """CREATE TABLE "group" (
        n INTEGER NOT NULL,
        committee_id TEXT NOT NULL,
        id TEXT NOT NULL,
        name TEXT,
        PRIMARY KEY (n),
        UNIQUE (committee_id, id)
    ) """,
    """CREATE TABLE household (
        n INTEGER NOT NULL,
        committee_id TEXT NOT NULL,
        id TEXT NOT NULL,
        dwelling TEXT,
        kind TEXT,
        label TEXT,
        contact TEXT,
        landlord_name TEXT,
        landlord_phone TEXT,
        agent_name TEXT,
        agent_phone TEXT,
        key_holder_name TEXT,
        key_holder_phone TEXT,
        note TEXT,
        PRIMARY KEY (n),
        UNIQUE (committee_id, id)
    ) """,
    """CREATE INDEX household_by_contact ON household (contact) WHERE contact IS NOT NULL """,
    """CREATE INDEX household_by_dwelling ON household (dwelling) WHERE dwelling IS NOT NULL """,
    """CREATE TABLE id_index (
        resident INTEGER NOT NULL,
        value BLOB NOT NULL,
        PRIMARY KEY (value, resident) ON CONFLICT IGNORE
    )
     WITHOUT ROWID """,
    """CREATE INDEX id_index_of ON id_index (resident) """,
    """CREATE TABLE isolation_case (
        n INTEGER NOT NULL,
        committee_id TEXT NOT NULL,
        id TEXT NOT NULL,
        resident TEXT,
        rule TEXT,
        start TEXT,
        stages TEXT,
        state TEXT,
        closed_on TEXT,
        close_reason TEXT,
        officer_name TEXT,
        officer_phone TEXT,
        police_name TEXT,
        police_phone TEXT,
        doctor_name TEXT,
        doctor_phone TEXT,
        notice_number TEXT,
        notice_issuer TEXT,
        notice_handed_at TEXT,
        PRIMARY KEY (n),
        UNIQUE (committee_id, id)
    ) """,
    """CREATE INDEX isolation_case_by_resident ON isolation_case (resident) WHERE resident IS NOT NULL """,
    """CREATE TABLE isolation_check (
        n INTEGER NOT NULL,
        committee_id TEXT NOT NULL,
        id TEXT NOT NULL,
        isolation_case TEXT,
        "on" TEXT,
        slot TEXT,
        mode TEXT,
        "by" TEXT,
        temperature TEXT,
        symptoms TEXT,
        test TEXT,
        PRIMARY KEY (n),
        UNIQUE (committee_id, id)
    ) """,
    """CREATE INDEX isolation_check_by_isolation_case ON isolation_check (isolation_case) WHERE isolation_case IS NOT NULL """,
    """CREATE TABLE merged (
        committee_id TEXT NOT NULL,
        member TEXT NOT NULL,
        leader TEXT NOT NULL,
        PRIMARY KEY (committee_id, member)
    ) """,
    """CREATE TABLE residence (
        n INTEGER NOT NULL,
        committee_id TEXT NOT NULL,
        id TEXT NOT NULL,
        resident TEXT,
        household TEXT,
        kind TEXT,
        since TEXT,
        until TEXT,
        PRIMARY KEY (n),
        UNIQUE (committee_id, id)
    ) """,
    """CREATE INDEX residence_by_household ON residence (household) WHERE household IS NOT NULL """,
    """CREATE INDEX residence_by_resident ON residence (resident) WHERE resident IS NOT NULL """,
    """CREATE TABLE resident (
        n INTEGER NOT NULL,
        committee_id TEXT NOT NULL,
        id TEXT NOT NULL,
        household TEXT,
        name TEXT,
        sex TEXT,
        birth_date TEXT,
        birth_year INTEGER,
        documents TEXT,
        phones TEXT,
        relation TEXT,
        residence_kind TEXT,
        person_class TEXT,
        nationality TEXT,
        status TEXT,
        status_since TEXT,
        whereabouts TEXT,
        hukou_address TEXT,
        ethnicity TEXT,
        education TEXT,
        occupation TEXT,
        workplace TEXT,
        party_member INTEGER,
        care_groups TEXT,
        care_groups_sensitive TEXT,
        emergency_contacts TEXT,
        note TEXT,
        note_sensitive TEXT,
        moved_from TEXT,
        PRIMARY KEY (n),
        UNIQUE (committee_id, id)
    ) """,
    """CREATE INDEX resident_by_household ON resident (household) WHERE household IS NOT NULL """,
    """CREATE INDEX resident_by_moved_from ON resident (moved_from) WHERE moved_from IS NOT NULL """,
    """CREATE TABLE secret (
        "key" TEXT NOT NULL,
        value BLOB NOT NULL,
        PRIMARY KEY ("key")
    ) """,
    """CREATE TABLE standing (
        committee_id TEXT NOT NULL,
        "row" TEXT NOT NULL,
        target TEXT NOT NULL,
        PRIMARY KEY (committee_id, "row", target)
    ) """,
    """CREATE INDEX standing_by_target ON standing (target) """,
    """CREATE TABLE visit (
        n INTEGER NOT NULL,
        committee_id TEXT NOT NULL,
        id TEXT NOT NULL,
        household TEXT,
        "on" TEXT,
        mode TEXT,
        result TEXT,
        "by" TEXT,
        note TEXT,
        PRIMARY KEY (n),
        UNIQUE (committee_id, id)
    ) """,
    """CREATE INDEX visit_by_household ON visit (household) WHERE household IS NOT NULL """,
    """CREATE VIRTUAL TABLE words USING fts5(tokens, content='', contentless_delete=1, detail='none', tokenize='unicode61 remove_diacritics 0') """,
)


def upgrade() -> None:
    for statement in TABLES:
        op.get_bind().exec_driver_sql(statement)
