"""What the name of an attribute says about its type, when the brief gives none.

The heads cover the most frequent ones of reference/design.md section 6 (60 cover about 90 % of attributes); phrases win
over heads, and heads are the last word: `unit price` is a price.
"""

from __future__ import annotations

from dbarchitect.model.names import singular, words

_TABLE = {
    "person name": "first name|last name|full name|middle name|given name|family name|surname|maiden name|contact name|"
                   "author name|customer name|patient name|guest name|recipient name|nickname",
    "title": "title|subject|headline|heading|caption",
    "name": "name|label|brand|city|town|district|region|province|county|street|state name|department|"
            "company|manufacturer|model|location|place|venue|username|login|display name|position title|job title|"
            "occupation|profession|specialty|make|genre|topic|breed|species|nationality name|unit",
    "long text": "description|note|notes|comment|comments|remark|remarks|bio|biography|summary|message|text|reason|"
                 "instruction|instructions|excerpt|abstract|feedback|answer text|question text|prompt|diagnosis|"
                 "symptom|symptoms|requirements|terms|details|result|specification",
    "markdown": "body|content|article|markdown|html|transcript",
    "code": "code|sku|number|no|isbn|barcode|ean|upc|vin|iban|bic|swift|reference|serial|serial number|license plate|"
            "registration number|order number|invoice number|account number|tracking number|tax number|vat number|"
            "passport number|ssn|batch|lot|room number|seat number|flight number|batch number|coupon",
    "slug": "slug|permalink|handle|subdomain",
    "tags": "tags|keywords|labels|hashtags|skills",
    "color": "color|colour",
    "email": "email|e mail|mail|email address|mail address",
    "phone": "phone|mobile|telephone|fax|cell|phone number|mobile number|fax number|contact number|telephone number",
    "address": "address|street address|billing address|shipping address|address line",
    "postal code": "postal code|zip|zip code|postcode|zipcode|post code",
    "birth date": "birth date|birthday|date of birth|dob|birthdate",
    "password": "password|passphrase",
    "token": "token|secret|api key|access key|refresh token|access token|session token|pin code",
    "url": "web address|url|link|website|homepage|webpage|uri|webhook|endpoint|callback|web site",
    "ip address": "ip|ip address",
    "country": "country|nationality|country code",
    "language": "language|locale|language code",
    "time zone": "time zone|timezone",
    "coordinates": "coordinates|coordinate|geolocation|gps|geo",
    "latitude": "latitude|lat",
    "longitude": "longitude|lng|lon",
    "money": "price|amount|cost|fee|total|subtotal|balance|salary|budget|revenue|deposit|tax|tax amount|wage|rent|"
             "payment amount|discount amount|discount|fare|tip|bonus|premium|credit|debit|hourly rate|daily rate|"
             "donation|turnover|profit|expense|spend|spending",
    "currency": "currency|currency code",
    "percent": "percent|percentage|tax rate|discount rate|interest rate|vat rate|commission rate|discount percent|"
               "completion|progress|humidity|commission",
    "rating": "rating|stars|star",
    "quantity": "quantity|qty|count|stock|capacity|seats|pages|inventory|views|likes|downloads|attempts|points|"
                "credits|attendance|stock level|reorder level|page count|guests|copies|units|enrollment count|retries",
    "number": "level|floor|grade level|integer|floor number",
    "decimal": "rate|value|factor|ratio|exchange rate|multiplier|reading|measurement|area|volume|dosage|mileage",
    "score": "score|grade|mark|gpa",
    "position": "position|rank|sort order|sequence|ordinal|line number|display order|step number|priority order",
    "weight": "weight|mass",
    "distance": "height|width|depth|length|distance|radius|diameter|altitude|elevation",
    "temperature": "temperature",
    "year": "year|vintage|model year|graduation year|publication year|release year",
    "month": "month",
    "age": "age",
    "moment": "moment|datetime|timestamp|start time|end time|starts|ends|start|end|expiry|expiration|check in|"
              "check out|departure|arrival|departure time|arrival time|last login|last seen|scheduled time|due time",
    "date": "date|day|deadline|due|due date|start date|end date|hire date|release date|publication date|from|until",
    "time": "time|opening time|closing time|time of day",
    "duration": "duration|lead time|response time|runtime",
    "yes/no": "active|enabled|verified|public|private|default|primary|featured|visible|hidden|archived|published|"
              "read|completed|done|paid|approved|locked|confirmed|required|available|flag|anonymous|recurring|taxable",
    "file": "file|attachment|document|video|audio|pdf|recording|resume|cv|upload",
    "image": "image|photo|picture|avatar|logo|thumbnail|icon|cover|banner|profile picture|cover image",
    "settings": "metadata|settings|preferences|options|config|configuration|payload|data|properties|attributes|"
                "custom fields|details json|context|changes",
    "hash": "hash|checksum|fingerprint|digest|etag",
    "status": "status|state|type|kind|category|role|gender|stage|phase|priority|severity|method|mode|visibility|"
              "frequency|source|channel|action|provider|event|condition|resolution|tier|plan|size",
    "version": "version|revision",
    "user agent": "user agent|device|browser",
    "external id": "id|identifier|uid|guid",
}  # fmt: skip

HEADS: dict[str, str] = {
    spelling: meaning for meaning, spellings in _TABLE.items() for spelling in spellings.split("|")
}

_PERSONAL_KEYS = frozenset({"username", "login"})
_UNIQUE_KEYS = frozenset(
    {"sku", "isbn", "barcode", "ean", "upc", "vin", "iban", "username", "login", "subdomain", "slug"}
)
_BOOLEAN_PREFIXES = frozenset({"is", "has", "can", "should", "was", "allow", "allows"})


def guess(name: str) -> str:
    """The everyday type that a name speaks of, '' when it says nothing.

    Args:
        name: of an attribute, in the user's words.
    """
    parts = words(name)
    if not parts:
        return ""
    if parts[0] in _BOOLEAN_PREFIXES and len(parts) > 1:
        return "yes/no"
    if len(parts) > 1 and parts[-1] == "at":
        return "moment"
    if len(parts) > 1 and parts[-1] == "on":
        return "date"
    for start in range(len(parts)):
        phrase = " ".join(parts[start:])
        if phrase in HEADS:
            return HEADS[phrase]
    return HEADS.get(singular(parts[-1]), "")


def names_a_key(name: str) -> bool:
    """Whether the name is that of a business key, unique by nature: a SKU, a slug, a user name."""
    parts = words(name)
    return bool(parts) and parts[-1] in _UNIQUE_KEYS


def names_a_person(name: str) -> bool:
    """Whether the value tells who somebody is although its type does not say so."""
    parts = words(name)
    return bool(parts) and parts[-1] in _PERSONAL_KEYS
