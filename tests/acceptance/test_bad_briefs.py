"""Bad input through the command: exit 2, the place, the nearest right thing, and nothing written."""

from pathlib import Path

import pytest
from test_cli import within

BOMB = "a: &a [x, x, x, x]\nb: &b [*a, *a, *a, *a]\nentities: *b\n"
ORDERS = "entities:\n  order: name\n  customer: name\n"
FORMS = ("each organization has many products", "product: name, sku unique, price", "user(name, email unique) 1-n post")


def refused(folder: Path, *arguments: str) -> str:
    """What the command says when it refuses: one error, no traceback, and no file that was not there before."""
    before = sorted(folder.rglob("*"))
    done = within("design", *arguments, "--yes", folder=folder, COLUMNS="200", NO_COLOR="1")
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stdout == ""
    assert done.stderr.count("error: ") == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(folder.rglob("*")) == before
    return done.stderr


@pytest.mark.parametrize(
    ("content", "place", "said"),
    [
        (b"", "brief.yaml:", ["the brief is empty", "--example"]),
        (bytes(range(256)), "brief.yaml:2", ["not text"]),
        (b"entities:\n  thing: " + b"x" * 10_500_000, "brief.yaml:", ["larger than 10 MB"]),
        (b"title: Shop\n", "brief.yaml:", ["names no entity", "entities:"]),
        (b"entities: {}\n", "brief.yaml:", ["names no entity"]),
        (BOMB.encode(), "brief.yaml:1:4", ["anchors and aliases"]),
        (b"entities: " + b"{a: " * 5_000, "brief.yaml:1:55", ["nested deeper than 12 levels"]),
        (b"entites:\n  order: name\n", "brief.yaml:1:1", ["'entites'", "'entities'"]),
        (b"entities:\n  order: {price: mony}\n", "brief.yaml:2:18", ["unknown type 'mony'", "'money'"]),
        (b"entities:\n  order item: name\n  OrderItem: name\n", "brief.yaml:3:3", ["would be one table, order_items"]),
        (b"entities:\n  order: {unit price: money, unitPrice: money}\n", "brief.yaml:2:30", ["the same column"]),
        (f"{ORDERS}relationships: [order belongs to custmer]\n".encode(), "brief.yaml:4:", ["'custmer'", "'customer'"]),
        (f"{ORDERS}relationships:\n  - {{child: order, parent: customer, cardinality: many-to-nothing}}\n".encode(),
         "brief.yaml:5:", ["many-to-nothing", "'many-to-one'"]),
        (f"{ORDERS}relationships:\n  - order belongs to customer (required, optional)\n".encode(), "brief.yaml:5:",
         ["contradicts", "Keep one"]),
        (f"{ORDERS}relationships:\n  - order belongs to customer\n  - customer has one order\n".encode(),
         "brief.yaml:6:", ["contradiction"]),
    ],
    ids=["empty", "binary", "large", "no entities", "nothing", "bomb", "deep", "key", "type", "tables", "columns",
         "nowhere", "cardinality", "optionality", "both"],
)  # fmt: skip
def test_a_bad_file(tmp_path: Path, content: bytes, place: str, said: list[str]) -> None:
    (tmp_path / "brief.yaml").write_bytes(content)
    message = refused(tmp_path, "brief.yaml", "-o", "out")
    assert f"error: {place}" in message
    assert [text for text in said if text not in message] == []
    assert len(message) < 1_000


def test_words_that_say_nothing_get_three_forms_and_the_packs(tmp_path: Path) -> None:
    message = refused(tmp_path, "hello", "how", "are", "you", "-o", "out")
    assert "'hello how are you'" in message
    assert [form for form in FORMS if form not in message] == []
    assert "blog, commerce, identity" in message


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["./nope.yaml"], "there is no file './nope.yaml'"),
        (["folder"], "'folder' is a folder, not a brief"),
        (["product: name", "--answer", "colour=red"], "there is no question 'colour'"),
        (["product: name", "--drizzle", "2"], "'2'"),
        (["product: name", "-o", "file.txt"], "file.txt"),
        (["product: name", "-o", "mine"], "mine"),
    ],
    ids=["path", "folder", "answer", "line", "file", "somebody else's"],
)
def test_a_bad_argument(tmp_path: Path, arguments: list[str], said: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file.txt").write_text("mine")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "package.json").write_text('{"name": "mine"}')
    out = [] if "-o" in arguments else ["-o", "out"]
    assert said in refused(tmp_path, *arguments, *out)
    assert (tmp_path / "mine" / "package.json").read_text() == '{"name": "mine"}'
