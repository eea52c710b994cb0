import Testing
import TraceModel

struct StackTraceFoldingTests {
  /// The roles of lines as letters: `o` opens, `c` continues, `-` outside; a line that starts with `H:` has a header.
  private func roles(_ text: String) -> String {
    var folding = StackTraceFolding()
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      if line.hasPrefix("H:") {
        folding.start(String(line.dropFirst(2)))
        return "H"
      }
      return switch folding.next(String(line)) {
      case .opens: "o"
      case .continues: "c"
      case .outside: "-"
      }
    }.joined()
  }

  @Test func `a traceback of Python ends behind its type`() {
    let text = """
      listening on 8080
      Traceback (most recent call last):
        File "/srv/app.py", line 3, in f
          pay(x)
          ^^^^^^
      KeyError: 'sku'
      listening on 8080
      """
    #expect(roles(text) == "-occcc-")
  }

  @Test func `a chain of Python is one trace, two crashes are two`() {
    let block = "Traceback (most recent call last):\n  File \"a.py\", line 1, in f\nKeyError: 'k'"
    let sentence =
      "\n\nDuring handling of the above exception, another exception occurred:\n\n"
    #expect(roles(block + sentence + block) == "occ" + "ccc" + "ccc")
    #expect(roles(block + "\n" + block) == "occ" + "occ")
  }

  @Test func `an exception group of Python is one trace to its last rule`() {
    let text = """
        + Exception Group Traceback (most recent call last):
        |   File "/srv/g.py", line 7, in <module>
        |     raise ExceptionGroup("many", errors)
        | ExceptionGroup: many (2 sub-exceptions)
        +-+---------------- 1 ----------------
          | ValueError: one
          +---------------- 2 ----------------
          | Traceback (most recent call last):
          |   File "/srv/g.py", line 3, in f
          | TypeError: two
          +------------------------------------
      done
      """
    #expect(roles(text) == "occcccccccc-")
  }

  @Test func `Java's head, causes and suppressed ones are one trace`() {
    let text = """
      Exception in thread "main" java.lang.IllegalStateException: order 7
      \tat com.acme.Shop.pay(Shop.java:31)
      \tSuppressed: java.io.IOException: close
      \t\tat com.acme.Shop.close(Shop.java:44)
      Caused by: com.acme.Refused: no stock
      \tat com.acme.Stock.take(Stock.java:12)
      \t... 1 more
      shutting down
      """
    #expect(roles(text) == "occcccc-")
  }

  @Test func `frames go on with a header's message that is the head`() {
    #expect(roles("H:java.io.IOException: x\n\tat a.B.c(B.java:1)\nH:next") == "HcH")
    #expect(roles("H:failed\njava.io.IOException: x\n\tat a.B.c(B.java:1)") == "Hoc")
    #expect(roles("H:panic: boom\n\ngoroutine 1 [running]:\nmain.f()\n\t/a.go:3 +0x1") == "Hcccc")
  }

  @Test func `an uncaught error of Node goes from its path to its version`() {
    let text = """
      /srv/app.js:3
      throw new Error("line one\\nline two");
      ^

      Error: line one
      line two
          at pay (/srv/app.js:3:9)
          at node:internal/main/run_main_module:28:49 {
        code: 'E_PAY',
        [cause]: TypeError: x
            at take (/srv/stock.js:9:1)
      }

      Node.js v20.20.2
      ready
      """
    #expect(roles(text) == "o" + "ccccccccccccc" + "-")
  }

  @Test func `a panic of Go ends with the exit status`() {
    let text = """
      panic: runtime error: index out of range [5] with length 2

      goroutine 1 [running]:
      main.price(...)
      \t/srv/main.go:9
      main.main()
      \t/srv/main.go:20 +0x1d
      created by main.start in goroutine 1
      \t/srv/main.go:3 +0x5
      exit status 2
      main: listening
      """
    #expect(roles(text) == "occccccccc-")
  }

  @Test func `a panic of Rust has its message on the next line`() {
    let text = """
      thread 'main' panicked at src/main.rs:4:5:
      order has no items
      note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
      next
      """
    #expect(roles(text) == "occ-")
  }

  @Test func `Ruby, .NET, PHP and Elixir fold`() {
    let ruby = """
      app.rb:3:in 'Hash#fetch': key not found: :sku (KeyError)
      \tfrom app.rb:3:in 'Shop#pay'
      \tfrom app.rb:9:in '<main>'
      done
      """
    #expect(roles(ruby) == "occ-")
    let dotnet = """
      Unhandled exception. Acme.Refused: no stock
       ---> System.IO.IOException: disk
         at Acme.Disk.Read() in /src/Disk.cs:line 7
         --- End of inner exception stack trace ---
         at Acme.Shop.Pay(Int32 id)
      done
      """
    #expect(roles(dotnet) == "occcc-")
    let php = """
      PHP Fatal error:  Uncaught Acme\\Refused: no stock in /srv/a.php:3
      Stack trace:
      #0 /srv/a.php(9): Shop->pay(7)
      #1 {main}

      Next RuntimeException: x in /srv/a.php:5
      Stack trace:
      #0 {main}
        thrown in /srv/a.php on line 5
      done
      """
    #expect(roles(php) == "occcccccc-")
    let elixir = """
      ** (KeyError) key :sku not found
          (shop 0.1.0) lib/shop.ex:7: Shop.pay/1
          (stdlib 4.0) timer.erl:3: :timer.tc/1
      done
      """
    #expect(roles(elixir) == "occ-")
  }

  @Test(arguments: [
    "", "ready", "GET /orders/7 200 in 3 ms", "connecting to db.acme.internal:5432",
    "user=7 error=none", "at 10:30 the deploy begins", "Error handling is on",
    "2 retries (of 3)", "note: cache is cold", "[info] started", "listening on :8080 (http)",
    "File uploads: 3", "see https://acme.example/errors#12: fixed", "{\"a\":1}",
  ])
  func `ordinary lines are outside`(line: String) {
    #expect(roles(line) == "-")
  }
}
