from dbarchitect.write.drizzle.code import Known, used_names


def test_names_are_found_where_code_uses_them() -> None:
    code = """
    /** eq is not used here, and neither is `desc` */
    const text = 'and' + "or"  // not asc
    const order = { page: 1, size, ...spread }
    call(db.limit(5), `where ${inner(`${deep}`)} like`, value?.member)
    text.replace(/["'`]/g, quoted)
    """
    found = used_names(code)
    assert {"text", "order", "size", "spread", "call", "db", "inner", "deep", "value", "quoted"} <= found
    assert not found & {"eq", "desc", "and", "or", "asc", "page", "limit", "member", "where", "like", "replace"}


def test_imports_follow_from_use() -> None:
    known = Known({"drizzle-orm": ["eq", "sql", "type SQL"], "../database": ["type Database"]})
    assert known.file("const f = (db: Database): SQL => sql`1`\n") == (
        "import { type SQL, sql } from 'drizzle-orm'\nimport type { Database } from '../database'\n\n"
        "const f = (db: Database): SQL => sql`1`\n"
    )
    assert known.file("const one = 1") == "const one = 1\n"
