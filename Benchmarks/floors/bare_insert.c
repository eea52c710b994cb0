// Floor 2: what SQLite alone needs to take as many rows of 15 columns as there are spans: ten integers, two short
// texts, three empty ones, and about 250 bytes of text; one prepared statement of eight rows, one transaction, no index.
// Prints one JSON line: seconds of wall clock, seconds of CPU, rows.
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { columns = 15, rows_at_once = 8 };

static void run(sqlite3 *store, const char *statement) {
  char *message = NULL;
  if (sqlite3_exec(store, statement, NULL, NULL, &message) != SQLITE_OK) {
    fprintf(stderr, "error: %s: %s\n", statement, message);
    exit(3);
  }
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec + 1e-9 * now.tv_nsec;
}

int main(int count, char **arguments) {
  if (count != 3) {
    fprintf(stderr, "usage: bare_insert ROWS STORE.db\n");
    return 2;
  }
  long rows = (atol(arguments[1]) + rows_at_once - 1) / rows_at_once * rows_at_once;
  unlink(arguments[2]);
  double start = seconds();
  sqlite3 *store;
  if (sqlite3_open(arguments[2], &store) != SQLITE_OK) return 3;
  run(store, "pragma page_size = 16384");
  run(store, "pragma journal_mode = memory");
  run(store, "pragma synchronous = off");
  run(store, "pragma cache_size = -2000");
  run(store,
      "create table span (trace_high integer, trace_low integer, id integer, parent integer, start integer, "
      "length integer, facts integer, resource integer, operation integer, place integer, peer text, error text, "
      "state text, links text, attributes text)");
  run(store, "begin");
  char text[512] = "insert into span values ";
  for (int row = 0; row < rows_at_once; row++)
    strcat(text, row ? ",(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)" : "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
  sqlite3_stmt *insert;
  if (sqlite3_prepare_v2(store, text, -1, &insert, NULL) != SQLITE_OK) {
    fprintf(stderr, "error: %s\n", sqlite3_errmsg(store));
    return 3;
  }
  unsigned long long bits = 88172645463325252ULL;
  char attributes[rows_at_once][320];
  for (long row = 0; row < rows; row += rows_at_once) {
    for (int place = 0; place < rows_at_once; place++) {
      long long time = 1772445600000000000LL + (row + place) * 38461LL;
      for (int column = 0; column < 10; column++) {
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        sqlite3_int64 value = column < 4   ? (sqlite3_int64)bits
                              : column == 4 ? time
                              : column == 5 ? (sqlite3_int64)(bits % 90000000)
                              : column == 9 ? (row + place) * 650
                                            : (sqlite3_int64)(bits % 200);
        sqlite3_bind_int64(insert, place * columns + column + 1, value);
      }
      int length = snprintf(
          attributes[place], sizeof attributes[place],
          "{\"http.request.method\":\"POST\",\"url.template\":\"/v2/charges\",\"server.address\":\"api.cards.example\","
          "\"server.port\":443,\"http.response.status_code\":200,\"client.address\":\"10.42.7.%llu\",\"url.path\":\"/orders/%llu\","
          "\"db.query.text\":\"SELECT %llu\"}",
          bits % 250, bits % 90000, bits >> 20);
      sqlite3_bind_text(insert, place * columns + 11, "api.cards.example", -1, SQLITE_STATIC);
      sqlite3_bind_text(insert, place * columns + 12, "", 0, SQLITE_STATIC);
      sqlite3_bind_null(insert, place * columns + 13);
      sqlite3_bind_null(insert, place * columns + 14);
      sqlite3_bind_text(insert, place * columns + 15, attributes[place], length, SQLITE_STATIC);
    }
    if (sqlite3_step(insert) != SQLITE_DONE) {
      fprintf(stderr, "error: %s\n", sqlite3_errmsg(store));
      return 3;
    }
    sqlite3_reset(insert);
  }
  sqlite3_finalize(insert);
  run(store, "commit");
  sqlite3_close(store);
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  printf("{\"wall\": %.4f, \"cpu\": %.4f, \"rows\": %ld}\n", seconds() - start,
         used.ru_utime.tv_sec + used.ru_stime.tv_sec +
             1e-6 * (used.ru_utime.tv_usec + used.ru_stime.tv_usec),
         rows);
}
