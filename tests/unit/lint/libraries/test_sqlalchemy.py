"""Which tables SQLAlchemy's statements and mapped classes touch."""

from __future__ import annotations

import pytest

from tests.unit.lint.stores.analysed import escapes, kinds, touched

MODELS = """\
from sqlalchemy import (
    Column, Integer, MetaData, Table, and_, create_engine, delete, exists, func, insert, select,
    text, update,
)
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import (
    DeclarativeBase, Mapped, Session, aliased, declarative_base, mapped_column, relationship,
    selectinload, sessionmaker,
)

class Base(DeclarativeBase):
    pass

class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    open: Mapped[bool]
    lines: Mapped[list["Line"]] = relationship()

class Line(Base):
    __tablename__ = "lines"
    __table_args__ = {"schema": "trade"}
    id: Mapped[int] = mapped_column(primary_key=True)

fees = Table("fees", MetaData(), Column("id", Integer))
taxes = Table("taxes", MetaData(), Column("id", Integer), schema="trade")
"""


def in_session(lines: str) -> list[str]:
    shown = "".join(f"    {line}\n" for line in lines.splitlines())
    return touched(f"{MODELS}\ndef f(s: Session, unknown):\n{shown}")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("s.get(Order, 1)", ["read orders"]),
        ("s.get(Line, 1)", ["read trade.lines"]),
        ("s.add(Order(id=1))", ["write orders"]),
        ("s.add_all([Order(id=1), Line(id=2)])", ["write orders", "write trade.lines"]),
        ("s.merge(Order(id=1))", ["read orders", "write orders"]),
        ("o = s.get(Order, 1)\ns.delete(o)", ["read orders", "write orders"]),
        ("o = s.get(Order, 1)\no.open = False", ["read orders", "write orders"]),
        ("for o in s.scalars(select(Order)):\n    o.open = False", ["read orders", "write orders"]),
        ("o = s.execute(select(Order)).scalar_one()\no.open = False",
         ["read orders", "write orders"]),
        ("s.bulk_insert_mappings(Order, [])", ["write orders"]),
        ("s.query(Order).filter(Order.id == 1).all()", ["read orders"]),
        ("s.query(Order).delete()", ["write orders", "read orders"]),
        ("s.flush()\ns.commit()\ns.expire_all()", []),
        ("s.add(unknown)", ["write ? `unknown` has no annotation and its callers are not all "
         "known"]),
    ],
)  # fmt: skip
def test_session(lines: str, expected: list[str]) -> None:
    assert in_session(lines) == expected


BILLS = """\
from sqlalchemy import Column, Integer, Table, select
from sqlalchemy.orm import (
    Mapped, Session, declarative_base, joinedload, lazyload, mapped_column, relationship,
)

Base = declarative_base()

class Timed:
    pass

class Bill(Timed, Base):
    __tablename__ = "bills"
    id = Column(Integer)
    payer = relationship("models.Payer", back_populates="bills")
    rows = relationship(lambda: Row)
    gone = relationship("Gone")
    tags = relationship("Item", secondary="bill_tags")
    marks = relationship("Item", secondary=lambda: marks)
    item: Mapped["Item | None"] = relationship(lazy="select")
    items: Mapped[list["Item"]] = relationship()

class Payer(Base):
    __tablename__ = "payers"
    bills = relationship(Bill)

class Row(Base):
    __tablename__ = "rows"
    of: Mapped[Bill] = relationship()

class Item(Base):
    __tablename__ = "items"
    open: Mapped[bool]

marks = Table("marks", Base.metadata)
"""


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("b.id", []),
        ("b.payer", ["read payers"]),
        ("b.payer.bills", ["read payers", "read bills"]),
        ("b.rows[0].of", ["read rows", "read bills"]),
        ("for row in b.rows:\n    row.of", ["read rows", "read bills"]),
        ("b.item.open = True", ["read items", "write items"]),
        ("b.items.append(Item())", ["read items", "write items"]),
        ("b.items[0].open = True", ["read items", "write items"]),
        ("len(b.items)", ["read items"]),
        ("getattr(b, 'items')", ["read items"]),
        ("b.tags", ["read items", "read bill_tags"]),
        ("b.marks", ["read items", "read marks"]),
        ("select(Bill).join(Bill.marks)", ["read bills", "read items", "read marks"]),
        ("b.gone", ["read ? nobody can tell with which class the relationship is"]),
        ("select(Bill).options(joinedload(Bill.items))", ["read bills", "read items"]),
        ("select(Bill).options(lazyload(Bill.items))", ["read bills"]),
        ("select(Bill).join(Bill.payer)", ["read bills", "read payers"]),
        ("s.query(Bill).filter(Bill.rows.any())", ["read bills", "read rows"]),
        ("s.get(Bill, 1)", ["read bills"]),
    ],
)
def test_relationship(lines: str, expected: list[str]) -> None:
    shown = "".join(f"    {line}\n" for line in lines.splitlines())
    assert touched(f"{BILLS}\ndef f(s: Session, b: Bill):\n{shown}") == expected


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("select(Order)", ["read orders"]),
        ("select(Order.id, Line)", ["read orders", "read trade.lines"]),
        ("select(func.count(Order.id)).where(Order.open)", ["read orders"]),
        ("select(func.count()).select_from(Order)", ["read orders"]),
        ("select(Order).join(Line, Line.id == Order.id)", ["read orders", "read trade.lines"]),
        ("select(Order).where(Order.id.in_(select(Line.id)))", ["read orders", "read trade.lines"]),
        ("select(aliased(Order).id)", ["read orders"]),
        ("select(Order).options(selectinload(Order.lines))", ["read orders", "read trade.lines"]),
        ("select(fees.c.id, taxes)", ["read fees", "read trade.taxes"]),
        ("insert(Order).values(id=1).returning(Order.id)", ["write orders"]),
        ("update(Order).where(Order.id == 1).values(open=False)", ["write orders"]),
        ("delete(fees).where(fees.c.id == 1)", ["write fees"]),
        ("delete(Order).returning(Order.id)", ["write orders", "read orders"]),
        ("fees.insert().values(id=1)", ["write fees"]),
        ("fees.select()", ["read fees"]),
        ('text("SELECT 1 FROM raw")', ["read raw"]),
        ('text("UPDATE raw SET x = :x").bindparams(x=1)', ["write raw"]),
        ('select(Order).where(text("id IN (SELECT id FROM raw)"))', ["read orders", "read raw"]),
    ],
)
def test_statement(statement: str, expected: list[str]) -> None:
    assert sorted(in_session(f"s.execute({statement})")) == sorted(expected)


def test_a_statement_that_grows_is_told_once() -> None:
    lines = """\
q = select(Order)
if unknown:
    q = q.where(Order.id == 1)
s.scalars(q.order_by(Order.id.desc()).limit(3)).all()"""
    assert in_session(lines) == ["read orders"]


def test_a_list_that_holds_itself_ends() -> None:
    lines = """\
conditions = [Order.open, text("id IN (SELECT id FROM fees)")]
conditions.append(conditions)
s.execute(select(Line).where(*conditions))
s.execute(delete(Line).where(and_(conditions, conditions)))"""
    assert set(in_session(lines)) == {
        "read fees",
        "read orders",
        "read trade.lines",
        "write trade.lines",
    }


def test_an_unknown_statement_may_read_and_write() -> None:
    reason = "`unknown` has no annotation and its callers are not all known"
    assert in_session("s.execute(unknown)") == [f"read ? {reason}", f"write ? {reason}"]


def test_methods_of_an_entity_are_followed() -> None:
    code = f"""{MODELS}
class Job(Base):
    __tablename__ = "jobs"
    state: Mapped[str]

    def __init__(self, state: str) -> None:
        self.state = state

    def cancel(self) -> None:
        self.state = "cancelled"

def f(s: Session):
    s.get(Job, 1).cancel()
"""
    assert sorted(touched(code)) == ["read jobs", "write jobs"]


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("postgresql+psycopg://db", "postgres"),
        ("sqlite:///x.db", "sqlite"),
        ("mysql://db", "sql"),
    ],
)
def test_raw_sql_is_of_the_engine_s_kind(url: str, kind: str) -> None:
    code = f"""{MODELS}
Maker = sessionmaker(create_engine("{url}"))
with Maker() as s, s.begin():
    s.execute(text("SELECT 1 FROM raw"))
"""
    assert touched(code) == ["read raw"]
    assert kinds(code) == {kind}


def test_asynchronous_sessions_and_connections() -> None:
    code = f"""{MODELS}
engine = create_async_engine("postgresql+asyncpg://db")
Maker = async_sessionmaker(engine, expire_on_commit=False)

async def f():
    async with Maker.begin() as s:
        (await s.get(Order, 1)).open = False
        await s.scalar(select(func.count(Line.id)))
    async with engine.begin() as c:
        await c.execute(fees.insert(), [])
        await c.exec_driver_sql("SELECT 1 FROM raw")
"""
    expected = ["read orders", "write orders", "read trade.lines", "write fees", "read raw"]
    assert sorted(touched(code)) == sorted(expected)
    assert escapes(code) == []


def test_all_tables_of_the_metadata() -> None:
    code = f'{MODELS}\nBase.metadata.create_all(create_engine("sqlite:///x"))'
    assert touched(code) == [
        "read ? `create_all` concerns every table of the metadata",
        "write ? `create_all` concerns every table of the metadata",
    ]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("Base.metadata.create_all(bind, [Order.__table__, fees])", ["write orders", "write fees"]),
        ("Base.metadata.drop_all(bind, tables=[Line.__table__])", ["write trade.lines"]),
        ("Base.metadata.drop_all(bind, tables=[])", []),
        ("Base.metadata.drop_all(bind, tables=unknown)",
         ["write ? `unknown` has no annotation and its callers are not all known"]),
        ("Order.__table__.drop(bind)", ["write orders"]),
        ("bind.execute(Line.__table__.insert())", ["write trade.lines"]),
    ],
)  # fmt: skip
def test_tables_that_are_named_are_told(call: str, expected: list[str]) -> None:
    code = f"from sqlalchemy import Connection\ndef f(bind: Connection, unknown):\n    {call}\n"
    assert touched(f"{MODELS}{code}") == expected


def test_a_table_of_its_own_is_that_of_the_class() -> None:
    code = "class Fee(Base):\n    __table__ = fees\n\nselect(Fee)\nFee.__table__.delete()\n"
    assert touched(f"{MODELS}{code}") == ["read fees", "write fees"]


def test_a_connection_that_gets_its_own_attribute_back_goes_nowhere() -> None:
    code = """
    from sqlalchemy import Connection

    def kept(one: Connection, other):
        saved = one.should_close
        one.should_close = False
        one.should_close = saved
    """
    assert escapes(code) == []
    assert escapes(code.replace("one.should_close = saved", "other(saved)")) != []


def test_an_older_base() -> None:
    code = f"""{MODELS}
Old = declarative_base()

class Fill(Old):
    __table__ = Table("fills", MetaData())

def f(s: Session):
    s.query(Fill).first()
"""
    assert touched(code) == ["read fills"]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ('select(text("* FROM lines"))', ["read lines"]),
        ('select(text("1")).select_from(text("lines"))', ["read lines"]),
        ('select(Order).from_statement(text("SELECT * FROM lines"))',
         ["read orders", "read lines"]),
        ('select(Order).where(Order.id.in_(text("SELECT id FROM lines")))',
         ["read orders", "read lines"]),
        ('select(Order).suffix_with("UNION SELECT 1 FROM lines")', ["read orders", "read lines"]),
        ('select(Order).prefix_with("DISTINCT")', ["read orders"]),
        ('select(literal_column("(SELECT 1 FROM lines)"))', ["read lines"]),
        ('select(text("SELECT id FROM lines").columns(Order.id).subquery())', ["read lines"]),
        ('select(Order).where(text("open IS TRUE"))', ["read orders"]),
        ("select(func.max(Order.id), func.now(), func.julianday())", ["read orders"]),
    ],
)  # fmt: skip
def test_text_in_a_statement(statement: str, expected: list[str]) -> None:
    assert touched(f"{MODELS}from sqlalchemy import literal_column\n{statement}") == expected


@pytest.mark.parametrize(
    ("clause", "reason"),
    [
        ('.where(text("settle(1)"))', "the function `settle` may touch any table"),
        (".where(func.settle(1))", "the function `settle` may touch any table"),
        (".where(func.audit.settle(1))", "the function `audit.settle` may touch any table"),
        (".order_by(text(unknown))",
         "`unknown` has no annotation and its callers are not all known"),
        ('.where(text(f"{unknown}"))', "the whole text is known to the running program alone"),
    ],
)  # fmt: skip
def test_what_a_text_does_is_told_or_said_to_be_untold(clause: str, reason: str) -> None:
    assert in_session(f"select(Order){clause}") == [
        "read orders",
        f"read ? {reason}",
        f"write ? {reason}",
    ]


def test_tables_stand_in_the_schema_of_their_metadata() -> None:
    code = """
select(Table("fees", MetaData(schema="trade")))
class Trade(DeclarativeBase):
    metadata = MetaData(schema="trade")
class Fill(Trade):
    __tablename__ = "fills"
class Fee(Trade):
    __tablename__ = "fees"
    __table_args__ = {"schema": "public"}
select(Fill, Fee)
"""
    assert touched(MODELS + code) == ["read trade.fees", "read trade.fills", "read fees"]


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        ('create_engine("postgresql://x", connect_args={"options": "-c search_path=audit"})',
         "its options change the `search_path`, and with it which tables names mean"),
        ('create_engine("x").execution_options(schema_translate_map={None: "audit"})',
         "its schemas are translated"),
        ('create_engine("x", execution_options={"schema_translate_map": {None: "audit"}})',
         "its schemas are translated"),
    ],
)  # fmt: skip
def test_an_engine_that_looks_for_tables_elsewhere(made: str, reason: str) -> None:
    assert touched(f"{MODELS}{made}") == [f"read ? {reason}", f"write ? {reason}"]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("select(Order).where(Order.id == Line.id)", ["read orders", "read trade.lines"]),
        ("select(Order).where((Order.id == 1) & (fees.c.id < Order.id))",
         ["read orders", "read fees"]),
        ("select(Order).where(Order.id == 1)", ["read orders"]),
        ("update(Order).where(Order.id == Line.id)", ["write orders", "read trade.lines"]),
        ("delete(Order).where(Order.id != 1)", ["write orders"]),
    ],
)  # fmt: skip
def test_a_comparison_mentions_the_tables_on_both_sides(
    statement: str, expected: list[str]
) -> None:
    assert touched(f"{MODELS}{statement}") == expected
