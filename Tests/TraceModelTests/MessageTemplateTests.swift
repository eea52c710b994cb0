import Testing
import TraceModel

struct MessageTemplateTests {
  @Test(arguments: [
    ("order 10258 placed in 3.2ms", "order # placed in #"),
    ("KeyError: 'sku-4711'", "KeyError: '…'"), ("can't open it", "can't open it"),
    ("GET /users/42/cart?x=1 -> 503", "GET /users/#/cart?x=# -> #"),
    ("from 10.0.0.1:8080 at 12:30:01,042", "from # at #"),
    ("id 3f2504e0-4f89-11d3-9a0c-0305e82c3301 gone", "id # gone"), ("  a \t b\n", "a b"),
    ("user \"ann\" said \"no", "user \"…\" said \"no"), ("", ""), ("größe 5 µs", "größe # µs"),
    ("1 2 3", "# # #"), ("retry-after", "retry-after"),
  ])
  func `values are replaced and words stay`(text: String, template: String) {
    #expect(messageTemplate(text) == template)
    #expect(messageTemplate(template) == template, "a template is its own template")
  }

  @Test func `a long message is cut, hostile bytes are kept`() {
    #expect(messageTemplate(String(repeating: "a", count: 5000)).utf8.count == 1000)
    #expect(messageTemplate([0xff, 0x27, 0x00]).count == 3)
  }
}
