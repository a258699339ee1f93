"""A month on the road: a town a day, and nobody paid there was ever paid before.

This is the month that an AI service has work with; only `--simulate-provider` plays it. Rows are
as in `merchants.csv`, each merchant once, in May.
"""

from collections.abc import Iterator
from itertools import product
from typing import Final

FIRST_DAY: Final = 3

_TOWNS: Final = (
    "RENO NV", "ELKO NV", "TWIN FALLS ID", "BOISE ID", "PENDLETON OR", "YAKIMA WA", "SPOKANE WA",
    "MISSOULA MT", "HELENA MT", "BOZEMAN MT", "BILLINGS MT", "SHERIDAN WY", "CASPER WY",
    "LARAMIE WY", "FORT COLLINS CO", "BOULDER CO", "PUEBLO CO", "DURANGO CO", "SANTA FE NM",
    "GALLUP NM", "FLAGSTAFF AZ", "PRESCOTT AZ", "KINGMAN AZ", "BARSTOW CA",
)  # fmt: skip
_NAMES: Final = (
    "JUNIPER", "COPPERLINE", "HIGHWATER", "SAGEBRUSH", "BLUE HERON", "TAMARACK", "OLD MILL",
    "LANTERN", "WILLOW BEND", "IRON HORSE", "STILLWATER", "PRAIRIE ROSE", "KESTREL", "MESQUITE",
    "CINDER", "RED BARN", "NORTH FORK", "MARIGOLD", "BITTERROOT", "ELKHORN", "SUNDOWN",
    "TIMBERLINE", "PINYON", "WAGON WHEEL", "GRANITE", "LARKSPUR", "FOXGLOVE", "CROSSROADS",
    "MAGPIE", "OX BOW", "BUCKBOARD", "YARROW", "CEDAR GATE", "ANTELOPE", "SALT FLAT", "DRY CREEK",
    "HOLLYHOCK", "COTTONWOOD", "LONE TREE", "SWITCHBACK", "BRIAR", "MOONSTONE", "TURNSTONE",
    "PAINTED HILL", "CHOKECHERRY", "RIMROCK", "HAWTHORN", "QUARTZ", "WINDMILL", "GOLDENROD",
    "SORREL", "TUMBLEWEED", "ASPEN GROVE",
)  # fmt: skip
_STEP_BY_TOWN, _STEP_BY_KIND = 7, 5
"""Steps through the names, a prime number of them: no town and no kind has a name twice."""

_KINDS: Final = (
    ("SQ *{} COFFEE", "66300", "08", 4.5, 12.4),
    ("TST* {} GRILL", "66300", "05", 24, 78),
    ("{} BAKERY", "66200", "08", 14, 46),
    ("{} INN", "65300", "05", 89, 164),
    ("{} PARKING", "64300", "05", 3, 16),
    ("{} CAB CO", "64500", "05", 9, 38),
    ("{} FUEL STOP", "64100", "07", 34, 72),
    ("{} FREIGHT", "67100", "07", 28, 96),
    ("SQ *{} HARDWARE", "67300", "07", 8, 64),
    ("PY *{} WORKS", "62300", "06", 45, 180),
    ("{} PARTNERS LLC", "63200", "04", 60, 240),
)  # fmt: skip


def merchants() -> Iterator[dict[str, str]]:
    """The rows, town by town in the order of the journey."""
    for (at, town), (kind, row) in product(enumerate(_TOWNS), enumerate(_KINDS)):
        pattern, account, department, low, high = row
        name = _NAMES[(at * _STEP_BY_TOWN + kind * _STEP_BY_KIND) % len(_NAMES)]
        yield {
            "description": f"{pattern.format(name)} {town}",
            "account": account,
            "department": department,
            "low": str(low),
            "high": str(high),
            **dict.fromkeys(("jan", "feb", "mar", "apr"), "0"),
            "may": "1",
            "day": str(FIRST_DAY + at),
            "currency": "",
            "rate": "",
        }
