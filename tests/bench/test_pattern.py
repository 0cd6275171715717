"""The bare control writes the rows of another visit: ids are exchanged, all else stays."""

from bench.pattern import Column, Pattern, Table, ids_of, statements

OPS = [{"op": "o1", "id": "v"}, {"op": "o2", "id": "v"}]
LEARNED = ids_of("device", "assignment", OPS)
OTHER = ids_of("other device", "other assignment", [{"op": "p1", "id": "w"}, {"op": "p2", "id": "w"}])


def pattern() -> Pattern:
    operation = Table(
        "sync_operation",
        "id",
        changed=False,
        rows=2,
        columns=[
            Column("id", "uuid", ["o1", "o2"], named=True),
            Column("object_id", "varchar", ["v", "v"], named=True),
            Column("body", "text", ["learned", "learned"], literal="{learned,learned}"),
            Column("n", "int8", ["1", "2"], literal="{1,2}"),
        ],
        sql="custody",
    )
    scope = Table(
        "journal_scope",
        "id",
        changed=True,
        rows=1,
        columns=[
            Column("id", "int8", ["7"], named=True),
            Column("name", "varchar", ["crew:assignment"], named=True),
            Column("head", "int8", ["16"], literal="{16}"),
        ],
        sql="feed",
    )
    return Pattern([operation, scope], LEARNED, 7)


def test_custody_is_written_with_the_ids_and_bodies_of_the_visit() -> None:
    [(sql, parameters)] = statements(pattern(), OTHER, 9, ["first", "second"], custody=True)
    assert (sql, parameters) == ("custody", [["p1", "p2"], ["w", "w"], ["first", "second"], "{1,2}"])


def test_the_rest_is_written_to_the_scope_of_the_visit() -> None:
    [(sql, parameters)] = statements(pattern(), OTHER, 9, ["first", "second"], custody=False)
    assert (sql, parameters) == ("feed", [["9"], ["crew:other assignment"], "{16}"])


def test_ids_that_the_product_made_itself_are_new_each_time() -> None:
    table = Table("media_expectation", "id", False, 1, [Column("id", "uuid", ["made"], named=True)], sql="promise")
    one, other = (
        next(iter(statements(Pattern([table], LEARNED, 7), OTHER, 9, ["a", "b"], custody=True)))[1] for _ in range(2)
    )
    assert one != other
    assert len(one[0]) == len(other[0]) == 1
