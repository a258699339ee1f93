"""What banks call things: headings, directions, and the words of payments and refunds."""

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache


class Role(StrEnum):
    """What a column holds."""

    TRANSACTION_DATE = "transaction date"
    DATE = "date"
    POSTING_DATE = "posting date"
    VALUE_DATE = "value date"
    DESCRIPTION = "description"
    MEMO = "memo"
    AMOUNT = "amount"
    DEBIT = "debit"
    CREDIT = "credit"
    DIRECTION = "direction"
    TYPE = "type"
    CURRENCY = "currency"
    ORIGINAL_AMOUNT = "original amount"
    ORIGINAL_CURRENCY = "original currency"
    ACCOUNT = "account"
    CATEGORY = "category"
    REFERENCE = "reference"
    STATUS = "status"
    BALANCE = "balance"


# In each list the better heading comes first.
_HEADINGS: dict[Role, str] = {
    Role.TRANSACTION_DATE: """transaction date|trans date|tran date|txn date|date of transaction|
        purchase date|transaction date time|charge date|belegdatum|
        kaufdatum|umsatzdatum|date de transaction|
        date de la transaction|date de l operation|date operation|fecha de transaccion|
        fecha de la transaccion|fecha de operacion|fecha operacion|data operazione|
        data transazione|transactiedatum|transaktionsdatum|started date|einkaufsdatum|dateop""",
    Role.DATE: """date|datum|fecha|data|dato|datetime|date time|date utc|created|created date|
        date created|date yyyy mm dd|day""",
    Role.POSTING_DATE: """posted|posted on|posted at|post date|posted date|posting date|
        date posted|date processed|
        processed date|booking date|buchungsdatum|buchungstag|buchung|booked|completed date|
        date de comptabilisation|date comptable|boekdatum|bokforingsdag|bokforingsdatum|
        settlement date|clearing date|effective date|data contabile|fecha contable""",
    Role.VALUE_DATE: """value date|valutadatum|wertstellung|wertstellungsdatum|wert|valuta|
        date de valeur|date valeur|dateval|data valuta|fecha valor|f valor|value dat|rentedatum""",
    Role.DESCRIPTION: """merchant name|merchant|payee|description|transaction description|
        original description|payee name|name|counterparty|counter party|supplier|vendor|
        beneficiary|beneficiary name|partner name|partnername|zahlungsempfanger|
        name zahlungsempfanger|name des zahlungsempfangers|begunstigter|begunstigte|
        name begunstigter|begunstigter zahlungspflichtiger|begunstigte zahlungspflichtige|
        zahlungspflichtiger begunstigter|begunstigter auftraggeber|auftraggeber begunstigter|
        auftraggeber begunstigte|name zahlungsbeteiligter|zahlungsbeteiligter|
        name des zahlungsbeteiligten|auftraggeber empfanger|empfanger auftraggeber|
        empfanger auftraggeber name|empfanger zahlungspflichtiger|zahlungspflichtiger empfanger|
        auftraggeber zahlungsempfanger|zahlungsempfanger auftraggeber|sender empfanger|
        absender empfanger|empfanger|name empfanger|empfangername|name des empfangers|empfanger 1|
        zahlungsempfangerin|kontrahent|gegenpartei|handler|handlername|handlerbezeichnung|
        glaubiger|glaubigername|name glaubiger|glaubiger name|
        beneficiaire|nom du beneficiaire|beneficiario|
        transaktionsbeschreibung|beschreibung|umsatztext|
        verwendungszweck|vorgang verwendungszweck|libelle|intitule|commercant|concepto|
        descripcion|comercio|descrizione|esercente|naam omschrijving|omschrijving|beskrivning|
        beskrivelse|tekst|text|opis|transaction details|details|desc|narrative|particulars|
        naam tegenpartij|label|narration|particular|rubrik|namn|description 1|beschreibung 1|
        omschrijving 1|sub description|description 2|transaction ref 1|counter party name|
        transaction|buchungstext""",
    Role.MEMO: """memo|notes|note|extended details|appears on your statement as|
        additional information|additional info|more details|transaktionsbeschreibung zusatz|
        mededelingen|communication|remarks|reference text""",
    Role.AMOUNT: """amount|billing amount|billing gross amt|billed amount|transaction amount|
        amount in account currency|net amount|gross amount|betrag|buchungsbetrag|umsatz|montant|
        importe|importo|bedrag|belopp|belob|kwota|valor|value|charge amount|amt|total amount|
        total|sum|gross|importe eur|montant operation""",
    Role.DEBIT: """debit|debits|debit amount|amount debit|withdrawal|withdrawals|
        withdrawal amount|money out|paid out|payments out|amount out|out|charge|charges|spent|
        soll|ausgang|ausgaben|belastung|lastschrift|debito|addebiti|uscite|dare|cargo|cargos|
        retiros|af|uit|debet|uttag""",
    Role.CREDIT: """credit|credits|credit amount|amount credit|deposit|deposits|deposit amount|
        money in|paid in|payments in|amount in|in|received|haben|eingang|einnahmen|gutschrift|
        credito|accrediti|entrate|avere|abono|abonos|depositos|bij|insattning|payments|payment""",
    Role.DIRECTION: """debit credit|credit debit|dr cr|cr dr|debit or credit|
        credit debit indicator|debit credit indicator|transaction direction|direction|af bij|
        soll haben|sens""",
    Role.TYPE: """type|umsatztyp|subcategory|transaction type|trans type|tran type|buchungsart|
        umsatzart|type of transaction|mutatiesoort|tipo|type d operation""",
    Role.CURRENCY: """currency|currency code|ccy|buchungswahrung|wahrung|umsatzwahrung|
        betragswahrung|kontowahrung|auftragswahrung|wahrungscode|billing currency|
        billing cur|billing ccy|account currency|devise|moneda|divisa|munt|valuuta|curr""",
    Role.ORIGINAL_AMOUNT: """original amount|originalbetrag|local amount|foreign amount|
        original gross amt|foreign currency amount|foreign spend amount|amount foreign|
        amount in foreign currency|amount original|montant d origine|transaction currency amount|
        oorspr bedrag|fremdwahrungsbetrag|betrag fremdwahrung|betrag in fremdwahrung""",
    Role.ORIGINAL_CURRENCY: """original currency|originalwahrung|fremdwahrung|
        ursprungswahrung|local currency|
        foreign currency|type foreign currency|oorspr munt|original cur|original ccy|
        foreign currency code|transaction currency|
        devise d origine""",
    Role.ACCOUNT: """card no|card number|card|card masked|card ending|card last 4|last four|
        last 4|account number|account no|account|masked card|card account|
        umsatz getatigt von|kartennummer|iban bban|bank account|account num|
        card last four digits|first bank card|auftragskonto|iban auftragskonto|
        iban kontoinhaber|iban des kontoinhabers|rekening|numero de carte|
        numero de tarjeta|tarjeta|account name""",
    Role.CATEGORY: """category|categories|merchant category|mcc description|transaction category|
        kategorie|branche|spending category|categorie|categoria|kategori""",
    Role.REFERENCE: """transaction id|fitid|unique id|transaction reference|
        transaction reference number|reference number|reference no|reference|ref no|ref number|
        ref|bank reference|transferwise id|wise id|volgnr|chq ref number|transaktions nr|
        buchungsreferenz|referenz|transaktions id|id""",
    Role.STATUS: """status|state|transaction status|statut|estado""",
    Role.BALANCE: """balance|running bal|running balance|account balance|available balance|saldo|
        kontostand|solde|balance after|saldo nach buchung|closing balance|ledger balance""",
}
# Letters that Unicode does not take apart into a plain one and its accent.
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d"})
_ABROAD = re.compile(r"\b(?:foreign|original|local)\b|\bfremdw", re.IGNORECASE)
_MONEY_ABROAD = {Role.AMOUNT: Role.ORIGINAL_AMOUNT, Role.CURRENCY: Role.ORIGINAL_CURRENCY}
_CODE_HEADING = re.compile(r"[A-Z]{3}\$")
_GENDER_ENDING = re.compile(r"[*:](?:in|r|n)\b")


def _key(words: str) -> str:
    """A heading as it is looked up: without spaces, and `Waehrung` like `Wahrung`.

    Umlauts have lost their dots by now; exports in ASCII spell them out instead.
    """
    return re.sub("(?<=[aou])e", "", words.replace(" ", ""))


_BY_HEADING: dict[str, tuple[Role, int]] = {
    _key("".join(heading.split())): (role, rank)
    for role, headings in _HEADINGS.items()
    for rank, heading in enumerate(headings.split("|"))
}
# A heading of several words that holds one of these is that, if nothing fits it exactly.
_PARTS: tuple[tuple[str, Role], ...] = (
    ("balance", Role.BALANCE), ("saldo", Role.BALANCE), ("date", Role.DATE), ("datum", Role.DATE),
    ("fecha", Role.DATE), ("debit", Role.DEBIT), ("withdrawals", Role.DEBIT),
    ("credit", Role.CREDIT), ("deposits", Role.CREDIT), ("amount", Role.AMOUNT),
    ("betrag", Role.AMOUNT), ("montant", Role.AMOUNT), ("importe", Role.AMOUNT),
    ("umsatz", Role.AMOUNT), ("wahrung", Role.CURRENCY), ("currency", Role.CURRENCY),
    ("description", Role.DESCRIPTION), ("merchant", Role.DESCRIPTION),
    ("details", Role.DESCRIPTION),
)  # fmt: skip

_CHARGE_WORDS = frozenset({
    "debit", "d", "dr", "db", "dbit", "soll", "s", "af", "out", "money_out", "debet", "débit",
    "cargo", "belastung", "lastschrift", "sale", "purchase", "fee", "charge", "withdrawal", "pos",
    "card_payment", "card_purchase", "dare", "uscita", "ausgang",
})  # fmt: skip
_CREDIT_WORDS = frozenset({
    "credit", "c", "cr", "crdt", "haben", "h", "bij", "in", "money_in", "crédit", "kredit",
    "abono", "gutschrift", "return", "refund", "payment", "reversal", "deposit", "chargeback",
    "rebate", "avere", "entrata", "eingang", "counter_credit",
})  # fmt: skip
_PURE_DIRECTIONS = frozenset({
    "debit", "credit", "d", "c", "dr", "cr", "db", "dbit", "crdt", "soll", "haben", "s", "h",
    "af", "bij", "out", "in", "money_out", "money_in", "debet", "débit", "crédit", "kredit",
    "cargo", "abono", "belastung", "gutschrift", "dare", "avere", "ausgang", "eingang",
})  # fmt: skip
_SURE_PAYMENT = re.compile(
    r"""\bpayments?[ -].{0,30}thank|\bthank[ ]you\b|\breceived[ ]payment\b|
    \bpayments?[ ](?:has[ ]been[ ]|was[ ])?received\b|\bzahlung[ ](?:erhalten|dankend)|
    \bpaiement[ ]re[cç]u\b|\bpago[ ]recibido\b|\bpagamento[ ]ricevuto\b|
    \bbetaling[ ]ontvangen\b""",
    re.IGNORECASE | re.VERBOSE,
)
_PAYMENT = re.compile(
    r"""\bauto[ ]?-?pay\b|\bautopayment\b|\bautomatic[ ]payments?\b|
    \bonline[ ](?:banking[ ])?payments?\b|\bmobile[ ]payments?\b|\be-?payments?\b|
    \belectronic[ ]payments?\b|\binternet[ ]payments?\b|\bweb[ ]payments?\b|\bach[ ]payments?\b|
    \bdirect[ ]debit[ ](?:payment|received|collection)\b|\b(?:bill|balance)[ ]?pay(?:ment|mt)\b|
    \bpayment[ ](?:to|on)[ ](?:your[ ]|my[ ])?(?:account|card)\b|^payments?$|^pymt\b|
    \bzahlungseingang\b|\bihre[ ]zahlung\b|\bvotre[ ]paiement\b|\bsu[ ]pago\b|
    \bcapital[ ]one[ ].{0,10}pymt\b|^direct[ ]debit$""",
    re.IGNORECASE | re.VERBOSE,
)
# Of a credit. Bank accounts call their own bills so, so the sign is not told from these words.
_COLLECTED = re.compile(
    r"""\bzahlung\W{0,5}danke\b|\bdank[ ]f(?:ü|ue)r[ ]ihre[ ]zahlung\b|
    \bpaiement\W{0,5}merci\b|\bpago\W{0,5}gracias\b|\bbetaling\W{0,5}(?:bedankt|dank[ ]u)\b|
    \b(?:kredit)?karten?(?:ab)?rechnung\b|\b(?:saldo|karten|konto)ausgleich\b|
    \bausgleich[ ](?:(?:der|ihrer|ihres)[ ])?(?:kreditkarte|karte|saldo|konto)|
    \beinzug[ ]vom[ ](?:giro)?konto\b|\bbankeinzug\b|\blastschrifteinzug\b|
    \bpr[ée]l[èe]vement[ ](?:de[ ])?(?:carte|automatique|mensuel)\b|
    \baddebito[ ](?:in|su)[ ](?:c/?c|conto)\b|\brecibo[ ](?:de[ ])?(?:la[ ])?tarjeta\b|
    \bautomatische[ ]incasso\b""",
    re.IGNORECASE | re.VERBOSE,
)
_GIVEN_BACK = re.compile(
    r"\b(?:r(?:ü|ue?)ckgabe|r(?:ü|ue?)cklastschrift|storno|korrektur|rejet|rejett?[ée]|impay[ée]|"
    r"retour|annulation|devoluci[oó]n|devuelt[oa]|correction|correcci[oó]n|storniert|insoluto)\b",
    re.IGNORECASE,
)
_REFUND = re.compile(
    r"\b(?:refund(?:ed)?|reversal|merchandise credit|statement credit|cashback|cash back|"
    r"chargeback|gutschrift|erstattung|r[üu]ckzahlung|remboursement|reembolso|devoluci[oó]n|"
    r"rimborso|terugbetaling|credit voucher|purchase return)\b",
    re.IGNORECASE,
)
_INCOME = re.compile(
    r"\b(?:payroll|salary|direct dep(?:osit)?|interest paid|gehalt|lohn|salaire|n[oó]mina)\b",
    re.IGNORECASE,
)
_FEE = re.compile(
    r"\b(?:late fee|annual fee|interest charge[ds]?|foreign transaction fee|service charge|"
    r"overdraft fee|membership fee)\b",
    re.IGNORECASE,
)
_PENDING = re.compile(
    r"\b(?:pending|processing|vorgemerkt|ausstehend|offen|authori[sz]ed|en attente|pendiente)\b",
    re.IGNORECASE,
)
_VOID = re.compile(
    r"\b(?:declined|reverted|failed|cancelled|canceled|rejected|voided|void)\b", re.IGNORECASE
)
_TOTAL = re.compile(
    r"(?:grand |sub)?totals?\b|(?:opening|closing|ending|beginning|current|available) balance|"
    r"balance\b|summe\b|saldo\b|end of ",
    re.IGNORECASE,
)
_PAYMENT_TYPES = frozenset({"payment", "payments", "card payment received", "credit card payment"})


@lru_cache(maxsize=4096)
def plain(heading: str) -> str:
    """A heading without case, accents, punctuation and what stands in brackets."""
    text = re.sub(r"\([^)]{0,40}\)|\[[^\]]{0,40}\]", " ", heading.lower())
    text = _GENDER_ENDING.sub("", text).translate(_LETTERS)
    text = unicodedata.normalize("NFKD", text)
    text = "".join(char for char in text if not unicodedata.combining(char))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", text).split())


def heading(text: str) -> tuple[Role, int] | None:
    """The role a heading names, and its place among those of the role; `postedOn` is one too.

    `Amount (Foreign Currency)` and `CAD$` are headings of money as well.
    """
    if _CODE_HEADING.fullmatch(text.strip()):
        return Role.AMOUNT, 0
    found = _BY_HEADING.get(_key(plain(text)))
    if found and (role := _abroad(found[0], text)) is not found[0]:
        return role, 0
    return found


def part(text: str) -> Role | None:
    """The role that a word in the heading names."""
    words = {_key(word) for word in plain(text).split()}
    found = next((role for word, role in _PARTS if word in words), None)
    return found and _abroad(found, text)


def _abroad(role: Role, text: str) -> Role:
    """The money of another country, where the heading says so."""
    return _MONEY_ABROAD.get(role, role) if _ABROAD.search(text) else role


def names_card(heading: str) -> bool:
    """Whether the heading is of a card rather than of any account."""
    return any(word in plain(heading) for word in ("card", "karte", "carte", "tarjeta"))


def direction(text: str) -> int:
    """1 when the word says debit, -1 when it says credit, 0 when it says neither."""
    word = "_".join(text.lower().replace(".", "").split())
    if word in _CHARGE_WORDS or word == "-":
        return 1
    return -1 if word in _CREDIT_WORDS or word == "+" else 0


def is_direction(text: str) -> bool:
    """Whether the cell says debit or credit and nothing else."""
    return "_".join(text.lower().replace(".", "").split()) in _PURE_DIRECTIONS


def is_payment(description: str, type_word: str) -> bool:
    """Whether a credit with these words is a payment to the card."""
    return (
        type_word.strip().lower() in _PAYMENT_TYPES
        or bool(_SURE_PAYMENT.search(description))
        or bool(_PAYMENT.search(description))
        or _is_collected(description)
    )


def _is_collected(description: str) -> bool:
    """Whether the card's debts were collected, and not given back or put right."""
    given_back = _REFUND.search(description) or _GIVEN_BACK.search(description)
    return bool(_COLLECTED.search(description)) and not given_back


def leaning(description: str) -> int:
    """-1 when only a credit is described so, 1 when only a charge is, else 0."""
    if any(words.search(description) for words in (_SURE_PAYMENT, _REFUND, _INCOME)):
        return -1
    return 1 if _FEE.search(description) else 0


def may_be_payment(description: str) -> bool:
    """Whether a card calls a payment so; a bank account calls its own bills the same."""
    return bool(_PAYMENT.search(description))


def is_pending(text: str) -> bool:
    """Whether the cell says that the bank has not booked the row yet."""
    return bool(_PENDING.search(text))


def is_void(text: str) -> bool:
    """Whether the cell says that the row came to nothing."""
    return bool(_VOID.search(text))


def is_total(text: str) -> bool:
    """Whether the words are those of a sum or a balance below the rows."""
    return bool(_TOTAL.match(text))
