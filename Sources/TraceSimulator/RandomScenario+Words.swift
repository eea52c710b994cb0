// Names and messages that random worlds are made of.

/// A trade: names of its services and what clients ask for.
struct RandomTheme {
  var domain: String
  var services: [String]
  var routes: [(String, String)]
}

let randomThemes: [RandomTheme] = [
  RandomTheme(
    domain: "travel",
    services: [
      "search", "fares", "seatmap", "booking", "loyalty", "itinerary", "baggage", "airports",
      "currency", "hotel-rates", "car-hire", "reviews", "insurance", "visa-rules", "weather",
      "passenger",
    ],
    routes: [
      ("GET", "/flights"), ("POST", "/bookings"), ("GET", "/bookings/{id}"), ("POST", "/checkin"),
    ]),
  RandomTheme(
    domain: "media",
    services: [
      "playback", "rights", "manifest", "subtitles", "watchlist", "profiles", "entitlement",
      "artwork", "search-index", "trending", "ads", "devices", "billing", "parental", "ratings",
      "geo",
    ],
    routes: [
      ("GET", "/home"), ("POST", "/play"), ("GET", "/titles/{id}"), ("PUT", "/profile"),
    ]),
  RandomTheme(
    domain: "bank",
    services: [
      "ledger", "accounts", "transfer", "limits", "sanctions", "customer", "cards", "statements",
      "rates", "standing-orders", "kyc", "tokens", "branches", "notifier", "audit", "loans",
    ],
    routes: [
      ("POST", "/transfers"), ("GET", "/accounts/{id}"), ("POST", "/cards/{id}/block"),
      ("GET", "/statements"),
    ]),
  RandomTheme(
    domain: "freight",
    services: [
      "shipments", "routing", "customs", "tracking", "depots", "labels", "pickup", "tariffs",
      "drivers", "vehicles", "weights", "warehouse", "slots", "invoices", "claims", "maps",
    ],
    routes: [
      ("POST", "/shipments"), ("GET", "/track/{id}"), ("POST", "/pickups"), ("GET", "/quotes"),
    ]),
]

let randomFailures: [Scenario.Exception] = [
  Scenario.Exception("IllegalStateException", "state machine has no transition for PENDING_REVIEW"),
  Scenario.Exception("KeyError", "'region'"),
  Scenario.Exception("TypeError", "Cannot read properties of undefined (reading 'amount')"),
  Scenario.Exception(
    "NullReferenceException", "Object reference not set to an instance of an object"),
  Scenario.Exception("runtime.boundsError", "index out of range [3] with length 3"),
  Scenario.Exception("CertificateExpiredException", "NotAfter: certificate of signing key expired"),
  Scenario.Exception("ConfigurationError", "required setting PRICE_TABLE is empty"),
]

let randomDatabaseFailures: [Scenario.Exception] = [
  Scenario.Exception("DatabaseError", "deadlock detected while waiting for ShareLock"),
  Scenario.Exception("OperationalError", "could not extend file: no space left on device"),
  Scenario.Exception("SQLException", "Access denied for user 'app' using password: YES"),
  Scenario.Exception("ProgrammingError", "relation does not exist"),
]

let randomNoise: [Scenario.Exception] = [
  Scenario.Exception("ConnectionResetError", "connection reset by peer", httpStatus: 503),
  Scenario.Exception("StaleCacheException", "cache entry is older than its version"),
  Scenario.Exception("RateLimited", "too many requests in this second", httpStatus: 503),
  Scenario.Exception("UnexpectedEOF", "unexpected end of stream"),
]
