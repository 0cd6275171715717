"""Answer times are told per kind of request, by nearest rank."""

from bench.figures import Figure, figures, percentile


def test_ids_and_hashes_do_not_make_kinds_of_their_own():
    visit, sha256 = "0198c000-0000-7000-8000-000000000001", "ab" * 32
    timings = [
        (f"GET /api/v1/visits/{visit}", 0.01),
        (f"GET /api/v1/blobs/{sha256}", 0.01),
        ("GET /api/v1/users/7/roles", 0.01),
    ]
    assert [figure.request for figure in figures(timings)] == [
        "GET /api/v1/blobs/{id}",
        "GET /api/v1/users/{id}/roles",
        "GET /api/v1/visits/{id}",
    ]


def test_figures_are_milliseconds_of_the_ranked_times():
    timings = [("POST /api/v1/sync/push", n / 1000) for n in range(1, 21)]
    assert figures(timings) == [Figure("POST /api/v1/sync/push", 20, 10.0, 19.0, 20.0)]


def test_a_percentile_of_one_value_is_that_value():
    assert [percentile([4.0], share) for share in (1, 50, 95, 100)] == [4.0] * 4


def test_a_percentile_is_the_same_in_whatever_order_the_values_came():
    assert [percentile(values, 95) for values in ([1.0, 2.0, 9.0], [9.0, 1.0, 2.0], [2.0, 9.0, 1.0])] == [9.0] * 3
