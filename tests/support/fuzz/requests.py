"""Headers, queries and JSON that no client means: what the document's schemas cannot say."""

import json
from collections.abc import Sequence
from urllib.parse import quote_from_bytes

from hypothesis import strategies as st

HEADERS = ("Idempotency-Key", "Last-Event-ID", "If-Match", "If-None-Match", "X-Request-ID",
           "Accept", "Origin", "Cookie", "Content-Type", "Range", "Expect-Nothing")  # fmt: skip
PARAMETERS = ("period", "page", "pageSize", "status", "q", "sort", "needsReview", "tier", "glCode",
              "format", "")  # fmt: skip
MEMBERS = ("period", "lines", "sameVendorAs", "set", "id", "version", "glCode", "note", "vendor",
           "needsReview", "acceptUnreviewed", "excluded", "ids", "rule", "pattern", "amountMin",
           "merchantContains", "code", "apply", "__proto__")  # fmt: skip
_ODD = ("", " ", "*", '"1"', 'W/"1"', '"1", "2"', "1", "-1", "0", "9" * 400, "1e9", "0x1", "NaN",
        "null", "2026-01", "2026-13", "0000-00", "２０２６-０１", "true", "../..", "a" * 5000,
        "%00", "\t", "expenseflow_session=x; expenseflow_session=y",
        "multipart/form-data; boundary=", "application/json; charset=utf-7", "http://localhost:5000",
        "bytes=0-")  # fmt: skip
_FIELD = st.binary(max_size=30).map(lambda raw: bytes(b for b in raw if b >= 32 and b != 127))
"""Bytes that HTTP lets into a header; others never reach the application."""

_odd = st.sampled_from(_ODD).map(str.encode)
headers = st.dictionaries(
    st.sampled_from(HEADERS), st.one_of(_odd, _FIELD).map(bytes.strip), max_size=4
)

_queried = st.one_of(
    _odd,
    st.text(max_size=20).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.binary(max_size=20),
).map(quote_from_bytes)
queries = st.lists(st.tuples(st.sampled_from(PARAMETERS), _queried), max_size=5).map(
    lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)
)

_atoms = st.one_of(
    st.sampled_from(["null", "true", "NaN", "-Infinity", "1e999", "-0", "1.0", "01", "9" * 5000,
                     "-" + "9" * 20, '"\\ud800"', '"\\u0000"', '"\\udc00\\ud800"', '"', "", "'a'",
                     '"2026-01"', '"2026-01\\n"', json.dumps("x" * 3000), "\ufeff", "1E400",
                     '"6f1c2a52-2a51-4a51-8a51-9a5160c1f001"', '"{urn}"']),
    st.text(max_size=20).map(json.dumps),
    st.integers().map(str),
    st.floats().map(repr),
)  # fmt: skip


def _array(parts: Sequence[str]) -> str:
    return f"[{','.join(parts)}]"


def _object(pairs: Sequence[tuple[str, str]]) -> str:
    """With doubled names, if they came twice."""
    members = (f"{json.dumps(name)}:{value}" for name, value in pairs)
    return "{" + ",".join(members) + "}"


_names = st.one_of(st.sampled_from(MEMBERS), st.text(max_size=8))
_values = st.recursive(
    _atoms,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(_array),
        st.lists(st.tuples(_names, inner), max_size=5).map(_object),
    ),
    max_leaves=12,
)
_deep = st.builds(
    lambda start, depth, end: start * depth + "1" + end * depth,
    st.sampled_from(["[", '{"lines":', '{"set":', '{"rule":[']),
    st.sampled_from([20, 200, 990, 5000]),
    st.sampled_from(["]", "}", "]}", ""]),
)
bodies = st.one_of(
    st.lists(st.tuples(_names, _values), max_size=6).map(_object), _values, _deep
).map(lambda text: text.encode("utf-8", "surrogatepass"))
