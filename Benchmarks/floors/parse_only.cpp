// Floor 1: what simdjson alone needs to read a file of JSON lines and to parse every line into its DOM.
// Prints one JSON line: seconds of wall clock, seconds of CPU, lines, bytes.
#include <simdjson.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

static double cpu() {
  rusage used;
  getrusage(RUSAGE_SELF, &used);
  return used.ru_utime.tv_sec + used.ru_stime.tv_sec +
         1e-6 * (used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

int main(int count, char **arguments) {
  if (count != 2) {
    std::fprintf(stderr, "usage: parse_only FILE.jsonl\n");
    return 2;
  }
  auto start = std::chrono::steady_clock::now();
  FILE *file = std::fopen(arguments[1], "rb");
  if (!file) {
    std::fprintf(stderr, "error: cannot read '%s'\n", arguments[1]);
    return 3;
  }
  // Blocks of 4 MiB; an unfinished line moves to the front before the next block is read.
  const size_t block = 4 << 20;
  std::vector<char> buffer(block + simdjson::SIMDJSON_PADDING);
  size_t kept = 0, lines = 0, bytes = 0;
  simdjson::dom::parser parser;
  while (true) {
    if (buffer.size() < kept + block + simdjson::SIMDJSON_PADDING)
      buffer.resize(kept + block + simdjson::SIMDJSON_PADDING);
    size_t got = std::fread(buffer.data() + kept, 1, block, file);
    bytes += got;
    size_t end = kept + got, line = 0;
    while (line < end) {
      char *stop = static_cast<char *>(std::memchr(buffer.data() + line, '\n', end - line));
      if (!stop && got > 0) break;
      size_t length = stop ? stop - (buffer.data() + line) : end - line;
      if (length > 0) {
        simdjson::dom::element element;
        auto error = parser.parse(buffer.data() + line, length, false).get(element);
        if (error) {
          std::fprintf(stderr, "error: line %zu: %s\n", lines + 1, simdjson::error_message(error));
          return 3;
        }
        lines++;
      }
      line += length + 1;
    }
    if (got == 0) break;
    kept = line < end ? end - line : 0;
    std::memmove(buffer.data(), buffer.data() + line, kept);
  }
  std::fclose(file);
  std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  std::printf("{\"wall\": %.4f, \"cpu\": %.4f, \"lines\": %zu, \"bytes\": %zu}\n", wall.count(),
              cpu(), lines, bytes);
}
