#ifndef CSIMDJSON_H
#define CSIMDJSON_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

/// One simdjson DOM parser; keep it, a new one for each document costs twice the time.
typedef struct json_parser json_parser;

/// What the last document left: simdjson's tape and the strings that it points into. Valid until the next parse.
typedef struct {
  const uint64_t *_Nullable words;
  size_t word_count;
  const uint8_t *_Nullable strings;
  /// Bytes that may be read behind `strings`, its slack included.
  size_t string_bytes;
} json_tape;

/// NULL when out of memory.
json_parser *_Nullable json_parser_create(void);
void json_parser_destroy(json_parser *_Nonnull parser);

/// 0 when `bytes` is one valid JSON document, else simdjson's error code.
/// `has_room`: 64 bytes behind `bytes` may be read; otherwise the parser makes a copy.
int json_parser_parse(json_parser *_Nonnull parser, const uint8_t *_Nonnull bytes, size_t count, bool has_room);
json_tape json_parser_tape(const json_parser *_Nonnull parser);

#ifdef __cplusplus
}
#endif
#endif
