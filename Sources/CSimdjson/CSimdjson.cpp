#include "CSimdjson.h"
#include <new>
#include <simdjson.h>

struct json_parser {
  simdjson::dom::parser parser;
};

json_parser *json_parser_create(void) { return new (std::nothrow) json_parser(); }

void json_parser_destroy(json_parser *parser) { delete parser; }

int json_parser_parse(json_parser *parser, const uint8_t *bytes, size_t count, bool has_room) {
  return parser->parser.parse(bytes, count, !has_room).error();
}

json_tape json_parser_tape(const json_parser *parser) {
  const auto &document = parser->parser.doc;
  json_tape tape = {document.tape.get(), 0, document.string_buf.get(), 0};
  if (tape.words == nullptr) return tape;
  // The first word's payload is the index behind the last one.
  tape.word_count = size_t(tape.words[0] & 0xFFFFFFFF);
  // What simdjson allocates for strings: see dom::document::allocate.
  tape.string_bytes =
      SIMDJSON_ROUNDUP_N(5 * document.capacity() / 3 + simdjson::SIMDJSON_PADDING, 64);
  return tape;
}
