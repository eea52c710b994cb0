#ifndef CSIMDJSON_H
#define CSIMDJSON_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif
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

/// How many of sixteen bytes stand for themselves in a string, up to the first that does not: a quote, a backslash, a control
/// character, or a byte that is no ASCII. All sixteen must be readable.
static inline int json_plain_bytes(const uint8_t *_Nonnull bytes) {
#if defined(__SSE2__)
  __m128i all = _mm_loadu_si128((const __m128i *)bytes);
  __m128i quotes = _mm_cmpeq_epi8(all, _mm_set1_epi8('"'));
  __m128i backslashes = _mm_cmpeq_epi8(all, _mm_set1_epi8('\\'));
  // With a sign, what is no ASCII is small as well.
  __m128i small = _mm_cmplt_epi8(all, _mm_set1_epi8(0x20));
  __m128i odd = _mm_or_si128(_mm_or_si128(quotes, backslashes), small);
  return __builtin_ctz((unsigned)_mm_movemask_epi8(odd) | 0x10000);
#elif defined(__ARM_NEON)
  uint8x16_t all = vld1q_u8(bytes);
  uint8x16_t quotes = vceqq_u8(all, vdupq_n_u8('"'));
  uint8x16_t backslashes = vceqq_u8(all, vdupq_n_u8('\\'));
  uint8x16_t small = vcltq_s8(vreinterpretq_s8_u8(all), vdupq_n_s8(0x20));
  uint8x16_t odd = vorrq_u8(vorrq_u8(quotes, backslashes), small);
  // Four bits for each byte.
  uint8x8_t halves = vshrn_n_u16(vreinterpretq_u16_u8(odd), 4);
  uint64_t bits = vget_lane_u64(vreinterpret_u64_u8(halves), 0);
  return bits ? __builtin_ctzll(bits) >> 2 : 16;
#else
  int i = 0;
  while (i < 16 && bytes[i] >= 0x20 && bytes[i] < 0x80 && bytes[i] != '"' && bytes[i] != '\\') i++;
  return i;
#endif
}

#ifdef __cplusplus
}
#endif
#endif
