"""What of a bank's text may leave the machine: no card number, no e-mail address, no own name."""

import re
import unicodedata
from dataclasses import replace
from typing import Final

from expenseflow.categorization.outcomes import Charge, PastLine
from expenseflow.kit import cards

MAX_SENT: Final = 200
"""Characters of one text."""

# --- numbers and addresses --------------------------------------------------------------------

_AT: Final = r"\s*[(\[{<]\s*at\s*[)\]}>]\s*"
_DOT: Final = r"(?:\s*[(\[{<]\s*dot\s*[)\]}>]\s*|\s+dot\s+|\.)"
_NAME: Final = r"(?<![\w.+#-])[\w.+#-]+"
_PRINTED: Final = r"[^\s@<>,;:*]"
_EMAILS: Final = re.compile(
    rf"(?<!{_PRINTED}){_PRINTED}+(?:@{_PRINTED}*| ?@ ?{_PRINTED}+\.{_PRINTED}+)"
    rf"|{_NAME}(?:%40[\w.-]+|{_AT}[\w-]+(?:{_DOT}[\w-]+)*|\s+at\s+[\w-]+(?:\s+dot\s+[\w-]+)+)"
    r"|(?<![a-z._-])(?:[a-z]+[._-][a-z]+|#)\s+at\s+[\w-]+(?:\.[\w-]+)+"
    r"|(?<![a-z.+#-])[a-z.+#-]+_at_[a-z-]+(?:_dot_|\.)[a-z]+",
    re.IGNORECASE,
)
_MAY_HOLD_ONE: Final = re.compile(r"@|%40|(?<![a-z])at(?![a-z])", re.IGNORECASE)
_DIGIT_RUNS: Final = re.compile(r"\d(?:[ .\-/]{0,2}\d){6,}")
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_INVISIBLE: Final = frozenset({"Cf", "Cs", "Co", "Cn"})


def masked(text: str) -> str:
    """The text without invisible characters, e-mail addresses and long numbers, cut to length.

    Card, phone and account numbers are all long numbers. Letters and digits of other widths are
    made plain first, so that a number in full-width digits is masked too.
    """
    text = unicodedata.normalize("NFKC", text)
    text = "".join(c for c in text if unicodedata.category(c) not in _INVISIBLE)
    text = " ".join(_CONTROLS.sub(" ", text).split())
    if _MAY_HOLD_ONE.search(text):
        text = _EMAILS.sub("@", text)
    text = cards.mask(text, write=lambda _: "#")
    return " ".join(_DIGIT_RUNS.sub("#", text).split())[:MAX_SENT]


# --- the person's own name --------------------------------------------------------------------

_ROLE_WORDS: Final = """
info office admin mail email contact hello billing account accounts accounting finance expense
expenses team sales support help test user demo card cards company post service services store shop
orders invoice invoices travel you me person someone nobody example
"""
_ROLES: Final = frozenset(_ROLE_WORDS.split())
"""What stands before the @ without being anybody's name; `office@` must not hide Office Depot."""
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_APART: Final = r"[\W_]{0,2}"
_BETWEEN: Final = r"[\W_]+"
_OWNED: Final = r"(?!['’]s)"
"""One name with an s is a shop's: Sam shops at SAM'S CLUB."""
_SHORTEST: Final = 3
"""Letters of a name that is taken out wherever it stands; a shorter one only beside another."""
_TELLING: Final = 5
"""Letters of a name that may be spelt in another way, or be two names in one."""


def names_of(email: str) -> re.Pattern[str] | None:
    """Where a text shows the name in this person's address; None when the address holds no name.

    `jane.doe@…` is Jane, Doe, JANEDOE, Doe Jane; `jdoe@…` is J. Doe, Jane Doe, Doe, Jane.
    """
    local = _folded(email.rpartition("@")[0]).partition("+")[0]
    parts = [part for part in _LETTERS.findall(local) if part not in _ROLES]
    if not parts:
        return None
    found = [_spelt(part) + _OWNED for part in parts if len(part) >= _SHORTEST]
    if len(parts) == 1:
        found += _two_in_one(parts[0])
    else:
        found += [_BETWEEN.join(parts), _BETWEEN.join(reversed(parts)), _spelt("".join(parts))]
    alternatives = "|".join(sorted(found, key=len, reverse=True))
    return re.compile(rf"(?<![^\W\d_])(?:{alternatives})(?![^\W\d_])") if found else None


def _spelt(name: str) -> str:
    """The name with its letters set apart, and with `ue` for `u`."""
    if len(name) <= _SHORTEST:
        return name
    letters = list(name)
    if len(name) >= _TELLING:
        letters = [letter + "e?" * (letter in "aou") for letter in re.sub("([aou])e", r"\1", name)]
    return _APART.join(letters)


def _two_in_one(name: str) -> list[str]:
    """`jdoe` and `janed` with the other name written out, `janedoe` the other way round."""
    if len(name) <= _SHORTEST:
        return []
    first, rest, all_but_last, last = name[0], name[1:], name[:-1], name[-1]
    initials = [
        rf"{first}\w*{_BETWEEN}{rest}", rf"{rest}{_BETWEEN}{first}\w*",
        rf"{all_but_last}{_BETWEEN}{last}\w*", rf"{last}\w*{_BETWEEN}{all_but_last}",
    ]  # fmt: skip
    turned = [name[at:] + _BETWEEN + name[:at] for at in range(2, len(name) - 1)]
    return initials + turned


def without_names(text: str, names: re.Pattern[str]) -> str:
    """The text with `#` for each place where the name stands."""
    done: list[str] = []
    at = 0
    for found in names.finditer(_folded(text)):
        done += [text[at : found.start()], "#"]
        at = found.end()
    return "".join([*done, text[at:]])


def anonymous(charge: Charge, names: re.Pattern[str] | None) -> Charge:
    """The charge without the person's name in its texts; it stays the same merchant."""
    if names is None:
        return charge
    category = charge.source_category
    return replace(
        charge,
        description=without_names(charge.description, names),
        source_category=category and without_names(category, names),
    )


def anonymous_past(line: PastLine, names: re.Pattern[str] | None) -> PastLine:
    """The past line without the person's name."""
    if names is None:
        return line
    return replace(line, description=without_names(line.description, names))


def _folded(text: str) -> str:
    """Lower case without accents, letter for letter: places in it are places in the text."""
    if text.isascii():
        return text.lower()
    return "".join(unicodedata.normalize("NFKD", c)[0].casefold()[0] for c in text)
