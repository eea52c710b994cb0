// The services of the shop that did nothing wrong.

extension Scenario {
  static let shopServices: [Service] = [
    Service(
      "catalog", .go,
      instances: [
        Instance("catalog-6d5c-1", on: "node-a", version: "1.18.3"),
        Instance("catalog-6d5c-2", on: "node-d", version: "1.18.3"),
      ],
      operations: [
        Operation(
          .rpc(service: "shop.Catalog", method: "ListFeatured"),
          [.work(.microseconds(600)), .call(cacheRead("GET", "featured")), .work(.milliseconds(1))]),
        Operation(
          .rpc(service: "shop.Catalog", method: "GetProduct"),
          [
            .work(.microseconds(500)), .call(cacheRead("GET", "product")),
            .sometimes(
              permille: 250,
              [
                .call(
                  Call(
                    .peer(
                      "catalog-db.internal",
                      .query(
                        "SELECT", "products",
                        text: "SELECT id, title, price, stock_hint FROM products WHERE id = ?"),
                      .milliseconds(7)))), .call(cacheRead("SET", "product")),
              ]),
          ]),
      ]),
    Service(
      "recommendation", .python,
      instances: [
        Instance("recommendation-77c8-1", on: "node-b", version: "0.9.12"),
        Instance("recommendation-77c8-2", on: "node-d", version: "0.9.12"),
      ],
      operations: [
        Operation(
          .http(method: "GET", route: "/recommendations"),
          [.work(.milliseconds(3)), .inner("rank candidates", [.work(.milliseconds(9))])],
          noise: Failing(
            permille: 45,
            Exception("ValueError", "cannot rank an empty candidate set", httpStatus: 500)))
      ]),
    Service(
      "cart", .go,
      instances: [
        Instance("cart-5f6b-1", on: "node-a", version: "2.4.0"),
        Instance("cart-5f6b-2", on: "node-b", version: "2.4.0"),
      ],
      operations: [
        Operation(
          .rpc(service: "shop.Cart", method: "AddItem"),
          [
            .work(.microseconds(700)),
            .call(Call(.operation("catalog", "shop.Catalog/GetProduct"), timeout: 1_000_000_000)),
            .call(cacheRead("HSET", "cart")),
          ]),
        Operation(
          .rpc(service: "shop.Cart", method: "GetCart"),
          [.work(.microseconds(500)), .call(cacheRead("HGETALL", "cart"))]),
      ]),
    Service(
      "pricing", .python,
      instances: [
        Instance("pricing-84bd-1", on: "node-b", version: "4.0.7"),
        Instance("pricing-84bd-2", on: "node-c", version: "4.0.7"),
      ],
      operations: [
        Operation(
          .http(method: "POST", route: "/quotes"),
          [
            .work(.milliseconds(4)),
            .call(
              Call(
                .operation("promotion", "GET /coupons/{code}"), timeout: 500_000_000,
                fallback: [.work(.microseconds(50))])), .work(.milliseconds(2)),
          ])
      ]),
    Service(
      "promotion", .nodejs,
      instances: [Instance("promotion-59f4-1", on: "node-a", version: "1.2.2")],
      operations: [
        Operation(
          .http(method: "GET", route: "/coupons/{code}"),
          [.work(.milliseconds(1)), .call(cacheRead("GET", "coupon"))],
          noise: Failing(
            permille: 160, Exception("CouponNotFound", "coupon is not known", httpStatus: 404)))
      ]),
    Service(
      "shipping", .go,
      instances: [Instance("shipping-6fd8-1", on: "node-d", version: "1.7.5")],
      operations: [
        Operation(
          .rpc(service: "shop.Shipping", method: "Quote"),
          [.work(.milliseconds(8))])
      ]),
    Service(
      "payment", .dotnet,
      instances: [
        Instance("payment-7d66-1", on: "node-c", version: "2.8.3"),
        Instance("payment-7d66-2", on: "node-a", version: "2.8.3"),
      ],
      operations: [
        Operation(
          .http(method: "POST", route: "/payments"),
          [
            .work(.milliseconds(2)),
            .call(
              Call(
                .operation("fraud", "shop.Fraud/Score"), timeout: 400_000_000,
                fallback: [.log(13, "fraud score is missing, limit {} applies")])),
            .call(
              Call(
                .peer(
                  "api.cards.example", .http("POST", "/v2/authorizations"), .milliseconds(60)),
                timeout: 2_000_000_000)),
          ],
          noise: Failing(
            permille: 35,
            Exception(
              "System.IO.IOException", "The connection was reset by the card processor",
              httpStatus: 503)))
      ]),
    Service(
      "fraud", .python,
      instances: [Instance("fraud-66b5-1", on: "node-b", version: "3.3.0")],
      operations: [
        Operation(.rpc(service: "shop.Fraud", method: "Score"), [.work(.milliseconds(14))])
      ]),
    Service(
      "notification", .nodejs,
      instances: [Instance("notification-5b9c-1", on: "node-d", version: "2.0.9")],
      operations: [
        Operation(
          .consumer(queue: "orders.placed"),
          [
            .work(.milliseconds(2)),
            .call(
              Call(
                .peer("mail.example", .http("POST", "/v3/messages"), .milliseconds(90)),
                timeout: 3_000_000_000, attempts: 3)),
          ])
      ]),
  ]

  private static func cacheRead(_ verb: String, _ keys: String) -> Call {
    Call(.peer("redis.internal", .command(verb, keys), .microseconds(450)))
  }
}
