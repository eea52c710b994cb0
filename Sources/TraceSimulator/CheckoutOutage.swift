extension Scenario {
  /// The incident in `samples/checkout-outage`: a shop where two of three `inventory` pods get a version whose
  /// new database role may not write, at 10:07 UTC on 2026-03-02.
  ///
  /// Its world also holds what makes finding that hard: a card processor that fails now and then and is asked twice,
  /// recommendations that fail and are left out, unknown coupons, a host whose clock is 400 ms late, lost spans, broken lines.
  public static func checkoutOutage(seed: UInt64 = 2) -> Scenario {
    var world = Scenario(
      name: "checkout-outage", seed: seed, start: 1_772_445_600_000_000_000,
      duration: 12 * minute)
    world.hosts = [
      Host("node-a"), Host("node-b"), Host("node-c", clockOffset: -400_000_000), Host("node-d"),
    ]
    world.peers = [
      Peer("orders-db.internal", port: 5432, .database(system: "postgresql", namespace: "orders")),
      Peer("stock-db.internal", port: 5432, .database(system: "postgresql", namespace: "stock")),
      Peer("catalog-db.internal", port: 3306, .database(system: "mysql", namespace: "catalog")),
      Peer("redis.internal", port: 6379, .database(system: "redis", namespace: "0")),
      Peer("api.cards.example", port: 443, .external),
      Peer("mail.example", port: 443, .external),
    ]
    world.queues = [Queue("orders.placed", system: "kafka", delay: .milliseconds(35))]
    world.services = [storefront, checkout, inventory] + shopServices
    world.endpoints = [
      Endpoint("storefront", "GET /", perMinute: 40),
      Endpoint("storefront", "GET /products/{id}", perMinute: 45),
      Endpoint("storefront", "POST /cart/items", perMinute: 25),
      Endpoint("storefront", "POST /checkout", perMinute: 28),
    ]
    world.faults = [
      Fault(
        "inventory", .call("UPDATE stock_reservations"),
        .fail(
          Failing(
            permille: 1000,
            Exception(
              "org.postgresql.util.PSQLException",
              "ERROR: permission denied for table stock_reservations"))
        ), version: "3.12.0", from: 7 * minute)
    ]
    world.telemetry.losses = [
      TelemetryFaults.Loss(instance: "cart-5f6b-2", from: 3 * minute, until: 5 * minute)
    ]
    world.telemetry.brokenTraceLines = 4
    world.telemetry.brokenLogLines = 1
    world.telemetry.repeatedLinesPermille = 8
    world.telemetry.unfinishedPermille = 4
    world.probeInterval = 30_000_000_000
    world.chatterInterval = 40_000_000_000
    world.accessLogPermille = 250
    return world
  }

  private static let minute: Int64 = 60_000_000_000

  private static func instances(
    _ name: String, _ version: String, _ hosts: [String], until: Int64 = .max
  ) -> [Instance] {
    hosts.enumerated().map {
      Instance("\(name)-\($0.offset + 1)", on: $0.element, version: version, until: until)
    }
  }

  private static let recommendations = Call(
    .operation("recommendation", "GET /recommendations"), timeout: 300_000_000, fallback: [])

  private static let storefront = Service(
    "storefront", .nodejs,
    instances: instances("storefront-68d9", "5.2.0", ["node-a", "node-b"]),
    operations: [
      Operation(
        .http(method: "GET", route: "/"),
        [
          .work(.milliseconds(2)),
          .parallel([
            Call(.operation("catalog", "shop.Catalog/ListFeatured"), timeout: 2_000_000_000),
            recommendations,
          ]), .work(.milliseconds(3)),
        ]),
      Operation(
        .http(method: "GET", route: "/products/{id}"),
        [
          .work(.milliseconds(1)),
          .call(Call(.operation("catalog", "shop.Catalog/GetProduct"), timeout: 2_000_000_000)),
          .call(recommendations), .inner("render product page", [.work(.milliseconds(4))]),
        ]),
      Operation(
        .http(method: "POST", route: "/cart/items"),
        [
          .work(.milliseconds(1)),
          .call(Call(.operation("cart", "shop.Cart/AddItem"), timeout: 2_000_000_000)),
        ]),
      Operation(
        .http(method: "POST", route: "/checkout"),
        [
          .work(.milliseconds(2)),
          .call(Call(.operation("checkout", "POST /orders"), timeout: 10_000_000_000)),
          .work(.milliseconds(1)),
        ]),
    ])

  private static let checkout = Service(
    "checkout", .java, instances: instances("checkout-7b4f", "2.31.1", ["node-b", "node-d"]),
    operations: [
      Operation(
        .http(method: "POST", route: "/orders"),
        [
          .work(.milliseconds(3)),
          .call(Call(.operation("cart", "shop.Cart/GetCart"), timeout: 1_000_000_000)),
          .parallel([
            Call(.operation("pricing", "POST /quotes"), timeout: 2_000_000_000),
            Call(.operation("shipping", "shop.Shipping/Quote"), timeout: 2_000_000_000),
          ]),
          .inner(
            "reserve stock",
            [
              .work(.microseconds(400)),
              .call(
                Call(
                  .operation("inventory", "shop.Inventory/Reserve"), timeout: 2_000_000_000,
                  attempts: 2, backoff: 50_000_000)),
            ]),
          .call(
            Call(
              .operation("payment", "POST /payments"), timeout: 5_000_000_000, attempts: 2,
              backoff: 100_000_000)),
          .call(
            Call(
              .peer(
                "orders-db.internal",
                .query(
                  "INSERT", "orders",
                  text:
                    "INSERT INTO orders (id, customer_id, total, currency) VALUES ($1, $2, $3, $4)"),
                .milliseconds(3)))),
          .publish(queue: "orders.placed"), .log(9, "order {} placed"),
          .detach("record order metrics", [.work(.milliseconds(12))]),
        ])
    ])

  private static let inventory = Service(
    "inventory", .java,
    instances: [
      Instance("inventory-5c77-1", on: "node-a", version: "3.11.4"),
      Instance("inventory-5c77-2", on: "node-c", version: "3.11.4", until: 7 * minute),
      Instance("inventory-5c77-3", on: "node-d", version: "3.11.4", until: 7 * minute),
      Instance("inventory-9e21-1", on: "node-c", version: "3.12.0", from: 7 * minute),
      Instance("inventory-9e21-2", on: "node-d", version: "3.12.0", from: 7 * minute),
    ],
    operations: [
      Operation(
        .rpc(service: "shop.Inventory", method: "Reserve"),
        [
          .work(.milliseconds(1)),
          .call(
            Call(
              .peer(
                "stock-db.internal",
                .query(
                  "SELECT", "stock_levels",
                  text: "SELECT sku, available FROM stock_levels WHERE sku = ANY ($1) FOR UPDATE"),
                .milliseconds(4)))),
          .call(
            Call(
              .peer(
                "stock-db.internal",
                .query(
                  "UPDATE", "stock_reservations",
                  text: "UPDATE stock_reservations SET quantity = quantity + $1 WHERE sku = $2"),
                .milliseconds(5)))),
          .work(.milliseconds(1)),
        ])
    ])
}
