/// A world of services, what is asked of it, what breaks in it, and what goes wrong while telling of it.
///
/// Parts name each other by text; `Simulation` refuses a name that does not exist with a precondition.
/// The same scenario gives the same telemetry, byte for byte, on every machine.
public struct Scenario: Sendable {
  /// What it is called.
  public var name: String
  /// What chance is drawn from.
  public var seed: UInt64
  /// Virtual time begins here, ns since the epoch.
  public var start: Int64
  /// Requests arrive for so long, ns; what then runs is run to its end.
  public var duration: Int64
  /// Machines.
  public var hosts: [Host] = []
  /// Instrumented programs.
  public var services: [Service] = []
  /// Databases, caches and other people's services: they send no spans.
  public var peers: [Peer] = []
  /// What carries messages.
  public var queues: [Queue] = []
  /// What clients ask for.
  public var endpoints: [Endpoint] = []
  /// No more requests than this come, however long it lasts.
  public var requestLimit = Int.max
  /// What breaks.
  public var faults: [Fault] = []
  /// What goes wrong while the telemetry is written.
  public var telemetry = TelemetryFaults()
  /// Distance of health probes of each instance, ns; 0 for none.
  public var probeInterval: Int64 = 0
  /// Mean distance of the log records that an instance writes of itself, ns; 0 for none.
  public var chatterInterval: Int64 = 0
  /// Share of the requests whose end the entry service writes a log record of, in permille.
  public var accessLogPermille = 0

  /// An empty world.
  public init(name: String, seed: UInt64, start: Int64, duration: Int64) {
    self.name = name
    self.seed = seed
    self.start = start
    self.duration = duration
  }
}

extension Scenario {
  /// A machine with a clock.
  public struct Host: Sendable {
    /// `host.name`.
    public var name: String
    /// What its clock shows beyond the true time, ns; negative where it is late.
    public var clockOffset: Int64

    /// A machine of its parts.
    public init(_ name: String, clockOffset: Int64 = 0) {
      self.name = name
      self.clockOffset = clockOffset
    }
  }

  /// What a service is written in: it decides how stack traces and log records look.
  public enum Language: String, Sendable, CaseIterable {
    case java, python, nodejs, go, dotnet
  }

  /// One instrumented program.
  public struct Service: Sendable {
    /// `service.name`.
    public var name: String
    /// What it is written in.
    public var language: Language
    /// Where it runs.
    public var instances: [Instance]
    /// Requests that one instance works on at the same time; others wait in order of arrival.
    public var slots: Int
    /// How long a request waits for a slot before it fails, ns; 0: for ever.
    public var slotTimeout: Int64
    /// What it can do.
    public var operations: [Operation]

    /// A program of its parts.
    public init(
      _ name: String, _ language: Language, instances: [Instance], slots: Int = 32,
      slotTimeout: Int64 = 0, operations: [Operation] = []
    ) {
      self.name = name
      self.language = language
      self.instances = instances
      self.slots = slots
      self.slotTimeout = slotTimeout
      self.operations = operations
    }
  }

  /// One running copy of a service.
  public struct Instance: Sendable {
    /// `service.instance.id`.
    public var id: String
    /// Name of its host.
    public var host: String
    /// `service.version`.
    public var version: String
    /// It takes requests from so long after the start on, ns.
    public var from: Int64
    /// It takes requests until so long after the start, ns.
    public var until: Int64

    /// A running copy of its parts.
    public init(
      _ id: String, on host: String, version: String, from: Int64 = 0, until: Int64 = .max
    ) {
      self.id = id
      self.host = host
      self.version = version
      self.from = from
      self.until = until
    }
  }

  /// How an operation is reached; it decides the span's name and attributes.
  public enum Surface: Sendable, Hashable {
    /// `POST /orders/{id}`.
    case http(method: String, route: String)
    /// gRPC: `shop.Inventory` and `Reserve`.
    case rpc(service: String, method: String)
    /// Messages of the queue of this name.
    case consumer(queue: String)

    /// The span's name.
    public var spanName: String {
      switch self {
      case .http(let method, let route): "\(method) \(route)"
      case .rpc(let service, let method): "\(service)/\(method)"
      case .consumer(let queue): "process \(queue)"
      }
    }
  }

  /// What a service can do.
  public struct Operation: Sendable {
    /// How it is reached.
    public var surface: Surface
    /// What it does, one after the other.
    public var steps: [Step]
    /// What goes wrong now and then, with no fault injected; nil: nothing.
    public var noise: Failing?

    /// An operation of its parts.
    public init(_ surface: Surface, _ steps: [Step], noise: Failing? = nil) {
      self.surface = surface
      self.steps = steps
      self.noise = noise
    }
  }

  /// A share of failures and what they look like.
  public struct Failing: Sendable {
    /// How many of 1000 fail.
    public var permille: Int
    /// What a failure says.
    public var exception: Exception

    /// A share of failures of its parts.
    public init(permille: Int, _ exception: Exception) {
      self.permille = permille
      self.exception = exception
    }
  }

  /// What a failure says of itself.
  public struct Exception: Sendable, Hashable {
    /// `exception.type`.
    public var type: String
    /// `exception.message`.
    public var message: String
    /// HTTP status that the caller sees. Below 500 the SERVER span is no error, its CLIENT span is.
    public var httpStatus: Int

    /// A failure of its parts.
    public init(_ type: String, _ message: String, httpStatus: Int = 500) {
      self.type = type
      self.message = message
      self.httpStatus = httpStatus
    }
  }

  /// One thing an operation does.
  public indirect enum Step: Sendable {
    /// Works by itself.
    case work(Latency)
    /// Asks another and waits.
    case call(Call)
    /// Asks several at once and waits for all.
    case parallel([Call])
    /// Does these steps in an INTERNAL span.
    case inner(String, [Step])
    /// Hands a message to a queue in a PRODUCER span and goes on.
    case publish(queue: String)
    /// Begins these steps in an INTERNAL span and does not wait.
    case detach(String, [Step])
    /// Does these steps in so many of 1000 cases.
    case sometimes(permille: Int, [Step])
    /// Writes a log record: severity number (9 INFO, 13 WARN) and text, in which `{}` becomes a number.
    case log(Int, String)
  }

  /// Whom a call asks.
  public enum Target: Sendable {
    /// An operation of a service, by service and span name.
    case operation(String, String)
    /// A statement or request to a peer, by the peer's name.
    case peer(String, PeerRequest, Latency)
  }

  /// What is asked of a peer.
  public enum PeerRequest: Sendable {
    /// A statement: `SELECT`, `orders`, full text.
    case query(String, String, text: String)
    /// A request: `POST`, `/v1/charges`.
    case http(String, String)
    /// A cache command: `GET`, key space.
    case command(String, String)

    /// The CLIENT span's name.
    public var spanName: String {
      switch self {
      case .query(let verb, let collection, _): "\(verb) \(collection)"
      case .http(let method, let template): "\(method) \(template)"
      case .command(let verb, let keys): "\(verb) \(keys)"
      }
    }
  }

  /// A question and what is done when it is not answered; each attempt is a CLIENT span.
  public struct Call: Sendable {
    /// Whom it asks.
    public var target: Target
    /// The client gives up after so long, ns; the server goes on. 0: never.
    public var timeout: Int64
    /// Attempts in all.
    public var attempts: Int
    /// Pause before the second attempt, ns; it doubles with each further one.
    public var backoff: Int64
    /// What is done instead after the last attempt failed; nil: the caller fails.
    public var fallback: [Step]?

    /// A question of its parts.
    public init(
      _ target: Target, timeout: Int64 = 0, attempts: Int = 1, backoff: Int64 = 40_000_000,
      fallback: [Step]? = nil
    ) {
      self.target = target
      self.timeout = timeout
      self.attempts = attempts
      self.backoff = backoff
      self.fallback = fallback
    }
  }

  /// A program that sends no spans of its own.
  public struct Peer: Sendable {
    /// What kind it is.
    public enum Kind: Sendable {
      /// A database or cache: `postgresql`, namespace.
      case database(system: String, namespace: String)
      /// Somebody's HTTP service.
      case external
    }
    /// `server.address`.
    public var name: String
    /// `server.port`.
    public var port: Int
    /// What kind it is.
    public var kind: Kind

    /// A peer of its parts.
    public init(_ name: String, port: Int, _ kind: Kind) {
      self.name = name
      self.port = port
      self.kind = kind
    }
  }

  /// What carries messages from a producer to one operation, the one whose surface names it.
  public struct Queue: Sendable {
    /// `messaging.destination.name`.
    public var name: String
    /// `messaging.system`.
    public var system: String
    /// Time from sending to delivery.
    public var delay: Latency

    /// A queue of its parts.
    public init(_ name: String, system: String, delay: Latency) {
      self.name = name
      self.system = system
      self.delay = delay
    }
  }

  /// What clients ask for.
  public struct Endpoint: Sendable {
    /// Name of the entry service.
    public var service: String
    /// Span name of its operation.
    public var operation: String
    /// Mean number of requests a minute; they come independently of each other.
    public var perMinute: Int

    /// An endpoint of its parts.
    public init(_ service: String, _ operation: String, perMinute: Int) {
      self.service = service
      self.operation = operation
      self.perMinute = perMinute
    }
  }
}
