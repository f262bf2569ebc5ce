"""The words that the grammar of briefs knows."""

from __future__ import annotations

import re
from typing import Literal

Verb = Literal["has", "belongs", "associated", "event", "link", "thing", "is"]

HAS = ("has", "have", "having", "contains", "contain", "includes", "include", "consists of", "consist of", "possesses",
       "possess", "comprises", "comprise", "is made of", "are made of", "is made up of", "is described by",
       "are described by", "keeps", "keep", "should have", "must have", "needs", "need", "requires",
       "require")  # fmt: skip
BELONGS = ("belongs to", "belong to", "belonging to", "is part of", "are part of", "refers to", "refer to",
           "references", "is for", "are for", "lives in", "live in", "works for", "work for", "works in",
           "work in", "takes place at", "take place at", "takes place in", "take place in",
           "happens at", "happen at")  # fmt: skip
ASSOCIATED = ("is related to", "are related to", "is associated with", "are associated with", "is linked to",
              "are linked to", "is linked with", "are linked with", "is connected to", "are connected to")  # fmt: skip

EVENTS = (
    "place",
    "write",
    "create",
    "make",
    "own",
    "manage",
    "submit",
    "upload",
    "publish",
    "send",
    "receive",
    "sell",
    "offer",
    "teach",
    "lead",
    "supervise",
    "employ",
    "issue",
    "organize",
    "host",
    "run",
    "produce",
    "raise",
)  # fmt: skip """`customers place orders`: each order belongs to one customer."""

LINKS = {
    "enroll in": "enrollment", "enrol in": "enrollment", "attend": "attendance", "join": "membership", "like": "like",
    "follow": "follow", "subscribe to": "subscription", "register for": "registration", "work on": "assignment",
    "participate in": "participation", "play in": "appearance", "favorite": "favorite", "bookmark": "bookmark",
}  # fmt: skip
"""`students enroll in courses`: each pair once, many to many."""

THINGS = {
    "buy": "purchase", "purchase": "purchase", "borrow": "loan", "rent": "rental", "book": "booking",
    "reserve": "reservation", "review": "review",
    "rate": "rating", "apply for": "application", "apply to": "application",
}  # fmt: skip
"""`members borrow books`: the same pair may come again, so what happens is a thing of its own."""

PARTICIPLES = frozenset(
    ("owned", "placed", "made", "written", "created", "assigned", "managed", "sent", "paid", "published", "uploaded",
     "taught", "led", "sold", "attached", "posted", "submitted", "grouped", "categorized", "located", "contained",
     "issued", "offered", "supervised", "hosted", "organized", "held", "given", "taken", "produced", "employed")
)  # fmt: skip
PREPOSITIONS = frozenset(("by", "to", "in", "into", "under", "from", "at"))

MODALS = frozenset(("can", "may", "must", "should", "will", "could", "might", "shall"))
MAYBE = frozenset(("may", "might", "could"))
ADVERBS = frozenset(("also", "only", "optionally", "always", "then", "both", "typically", "usually", "either"))

MANY = (
    "one or more", "one or many", "zero or more", "zero or many", "at least one", "any number of", "more than one",
    "a number of", "lots of", "a lot of", "a list of", "a set of", "a collection of", "many", "several", "multiple",
    "various", "numerous", "different", "some", "0..n", "1..n", "0..*", "1..*",
)  # fmt: skip
ONE = ("exactly one", "only one", "precisely one", "a single", "one single", "just one", "single", "one")
MAYBE_ONE = ("at most one", "zero or one", "up to one", "optionally one", "optionally a", "optionally an",
             "an optional", "a optional", "0..1", "no or one")  # fmt: skip
DETERMINERS = frozenset(
    ("a", "an", "the", "each", "every", "all", "any", "this", "that", "these", "those", "its", "their", "his", "her",
     "our", "my", "your", "both", "other", "another", "new", "and", "also", "own", "associated", "corresponding",
     "respective", "as", "well")
)  # fmt: skip

NOBODY = frozenset(
    ("we", "i", "you", "system", "app", "application", "platform", "database", "software", "schema", "there", "time",
     "website", "site", "tool", "requirement", "user story")
)  # fmt: skip
"""Subjects that are no entity: what they have is one."""

PRONOUNS = frozenset(("each", "it", "they", "he", "she", "which", "who", "that", "this", "these"))
DOMAIN = frozenset(
    ("app", "application", "system", "platform", "software", "website", "site", "tool", "database", "portal",
     "solution", "backend", "saas", "schema", "api", "startup")
)  # fmt: skip

REQUEST_VERBS = frozenset(
    ("design", "create", "make", "build", "write", "generate", "model", "develop", "plan", "help", "need", "want",
     "give", "propose", "draft", "please", "set", "sketch", "prepare", "define", "add", "manage", "track", "store",
     "handle")
)  # fmt: skip
REQUEST_FILLER = frozenset(
    ("please", "can", "could", "would", "you", "i", "i'd", "we", "like", "me", "us", "with", "to", "a", "an", "the",
     "some", "my", "our", "new", "simple", "small", "good", "proper", "normalized", "complete", "basic", "full",
     "drizzle", "orm", "postgres", "postgresql", "sql", "relational", "typescript", "for", "in", "up", "be", "able",
     "and", "its", "their", "data", "efficient", "scalable", "on", "understand", "also", "additionally", "then",
     "next", "finally")
)  # fmt: skip
REQUEST_KINDS = frozenset(
    ("schema", "schemas", "database", "databases", "db", "table", "tables", "model", "models", "relationship",
     "relationships", "relation", "relations", "structure", "entities", "entity", "erd")
)  # fmt: skip

ROLES = frozenset(
    ("author", "owner", "creator", "manager", "assignee", "reviewer", "editor", "sender", "recipient", "reporter",
     "actor", "approver", "organizer", "host", "supervisor", "writer", "uploader", "requester", "leader", "instructor")
)  # fmt: skip
PEOPLE = ("user", "employee", "person", "staff member")
"""Whose roles those are, the first that the brief knows."""

DEPENDENT = frozenset(
    ("profile", "setting", "settings", "detail", "preference", "passport", "wallet", "cart", "shopping cart", "license",
     "biography", "credential", "health record", "medical record", "badge")
)  # fmt: skip
"""Of these everybody has one of their own; other things that `each X has one` are shared."""

ATTRIBUTES = frozenset(
    ("id", "date", "name", "status", "amount", "phone", "price", "content", "description", "email", "gender",
     "password", "username", "age", "result", "note", "birth", "level", "duration", "value", "url", "method", "path",
     "grade", "salary", "count", "area", "rating", "rate", "score", "budget", "size", "year", "unit", "hour", "link",
     "isbn", "capacity", "specification", "temperature", "balance", "title", "quantity", "number", "code", "type",
     "time", "color", "weight", "height", "width", "length", "state", "summary", "text", "body", "street", "city",
     "country", "zip", "sku", "slug", "currency", "cost", "total", "discount", "percent", "percentage", "deadline",
     "priority", "position", "photo", "image", "avatar", "picture", "logo", "start", "end", "day", "month",
     "location", "language", "bio", "biography", "birthday", "website", "token", "hash", "version", "format", "mode",
     "reason", "subject", "message", "remark", "flag", "fee", "tax", "speed", "distance", "volume", "latitude",
     "longitude", "address", "timestamp", "comment text", "stock", "nationality", "sex", "identifier", "key",
     "dimension", "brand name", "model", "plate", "mileage", "notes", "role", "label", "genre", "publisher",
     "edition", "rank", "job", "salutation", "surname", "degree", "major", "seat number", "period", "interval",
     "frequency", "deposit", "interest", "ratio", "yield", "dosage", "symptom", "diagnosis", "first", "last", "kind",
     "color", "colour", "category name", "preference", "permission level", "tag line", "property")
)  # fmt: skip
"""Last words of names that are rather a property than a thing."""

EVENT_PROPERTIES = {
    "loan": ("due date: date required", "returned at: moment"),
    "rental": ("starts at: moment required", "ends at: moment required"),
    "booking": ("starts at: moment required", "ends at: moment required"),
    "reservation": ("starts at: moment required", "ends at: moment required"),
    "review": ("rating: rating required", "text: long text"),
    "rating": ("stars: rating required",),
    "application": ("status (submitted, accepted, rejected) required", "message: long text"),
}
"""What is assumed of a thing that a verb made."""

SHARED = frozenset(
    (
        "tag",
        "category",
        "genre",
        "skill",
        "ingredient",
        "amenity",
        "keyword",
        "permission",
        "topic",
        "author",
        "language",
    )
)
"""What one thing has several of, and shares with others of its kind."""

HOUSES = frozenset(
    ("company", "business", "organization", "firm", "school", "university", "hospital", "library", "store", "shop",
     "hotel", "restaurant", "museum", "bank", "clinic", "agency", "club", "college", "institution", "airline")
)  # fmt: skip
"""Whose database it is, when a text speaks of `the` one."""

AGENT = re.compile(
    r"[a-z]{2,}(?:er|or|ist|ant|ent|ee|man)s|people|users|members|clients|companies|admins|staff|kids|pupils"
)
"""Somebody who does things: `users log workouts` needs no list of verbs."""

MAY_BEGIN = frozenset(
    ("is", "are", "was", "has", "have", "had", "can", "may", "must", "should", "will", "does", "do", "did")
)
"""Of the words that are in no name, those that a yes or no begins with: `is active`."""

NEVER_IN_NAMES = frozenset(
    ("but", "to", "such", "been", "be", "is", "are", "was", "were", "not", "can", "may", "must", "should", "will",
     "which", "that", "whether", "if", "when", "than", "because", "each", "every", "has", "have", "had", "does",
     "do", "did", "it", "they", "them", "so", "also", "only", "then", "etc", "e.g.", "i.e.", "more", "less", "based",
     "using", "via", "per", "through", "during", "before", "after", "while", "where", "who", "whose", "how", "what",
     "why", "there", "these", "those", "following", "including", "like", "for", "at", "with",
     "into", "from", "about", "as", "by")
)  # fmt: skip
"""Words that show that a piece of a sentence is no noun phrase."""

RECORD = frozenset(
    ("information", "info", "detail", "details", "data", "record", "records", "table", "tables", "entity", "entities")
)
"""Last words of a subject that add nothing: `customer information includes …`."""
